"""A house that runs in a process of its own, driven from outside; see `benchmarks.workshop_app`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.peer import process


class Driven:
    """A house. `pages` is where its pages are, '' for nowhere."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self._program = program
        self.pages = ""

    async def ready(self) -> None:
        """Wait until it serves."""
        self.pages = (await asyncio.to_thread(self._answer))["ready"]

    def spent(self) -> float:
        """Return the seconds of processors that it has used."""
        fields = self._read("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Return the resident memory, in KiB."""
        return next(int(line.split()[1]) for line in self._read("status").splitlines() if line.startswith("VmRSS"))

    def _read(self, name: str) -> str:
        return Path(f"/proc/{self._program.pid}/{name}").read_text()

    async def ask(self, **what: Any) -> Any:
        """Have one thing done there."""
        return await asyncio.to_thread(self._ask, what)

    def _ask(self, what: Mapping[str, Any]) -> Any:
        assert self._program.stdin
        print(json.dumps(what), file=self._program.stdin, flush=True)
        return self._answer()

    def _answer(self) -> Any:
        """The next line that is an answer: others are what the program tells of itself."""
        assert self._program.stdout
        for line in self._program.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError("the program ended")


@contextlib.asynccontextmanager
async def program(settings: Mapping[str, Any], core: int | None, *discord_root: str) -> AsyncIterator[Driven]:
    """A house that serves, of these settings (as in config.toml), on a core or on all; its Discord is at the root."""
    # Not as a module: each process for long work would load it again, with all that it imports, which no program does.
    begin = "from benchmarks.workshop_app import main; main()"
    arguments = ["-c", begin, json.dumps(settings), *discord_root]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with process(arguments, core, **pipes) as program:
        driven = Driven(program)
        await driven.ready()
        yield driven
