"""The report of a rehearsal, shown while the rehearsal runs: a progress bar, and what happened on each day."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class RehearsalReport:
    """The report of a rehearsal. Each line is printed at once, and kept in `lines`."""

    def __init__(self, console: Console, steps: int) -> None:
        """Print to `console`. `steps` is the number of sections that the progress bar counts."""
        self.lines: list[str] = []
        self._console = console
        self._steps = steps
        self._began = time.monotonic()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    @contextmanager
    def told(self) -> Iterator[Self]:
        """Show a progress bar inside the `with` block, if the console is a terminal; yield the report itself."""
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        with Progress(*columns, TimeElapsedColumn(), console=self._console, transient=True) as self._progress:
            self._task = self._progress.add_task("The rehearsal", total=self._steps)
            yield self

    @property
    def seconds(self) -> float:
        """Return the seconds of real time since the rehearsal began."""
        return time.monotonic() - self._began

    def day(self, title: str) -> None:
        """Begin a new section of the report, such as a day, with this title."""
        self.lines += ["", title]
        self._console.print(f"\n[bold]{escape(title)}[/bold]")
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=1, description=title.partition(",")[0])

    def tell(self, sentence: str) -> None:
        """Add to the report a sentence about something that happened."""
        self.lines.append(f"  {sentence}")
        self._console.print(f"  {escape(sentence)}", highlight=False)
