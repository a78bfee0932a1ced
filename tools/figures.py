"""Figures that `make check` prints: a number, the aim that it should meet, and what was counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its unit, the aim that it should meet (if it has one), and what was counted, a line each."""

    key: str
    name: str
    number: int
    aim: str = ""
    met: bool = True
    unit: str = ""
    counted: Sequence[str] = ()

    def __str__(self) -> str:
        aim = f" (aim: {self.aim}{'' if self.met else ', missed'})" if self.aim else ""
        return f"{self.name}: {self.number}{self.unit}{aim}"


def none_of(key: str, name: str, counted: Sequence[str]) -> Figure:
    """A figure whose aim is that nothing is counted."""
    return Figure(key, name, len(counted), "0", met=not counted, counted=counted)


def report(figures: Iterable[Figure], enforced: Collection[str], *, everything: bool = False) -> int:
    """Print figures; return 1 when one misses its aim and its key is enforced, else 0.

    What was counted is printed below such a figure, with `everything` below each.
    """
    code = 0
    for figure in figures:
        print(figure)
        failed = not figure.met and figure.key in enforced
        code = code or int(failed)
        if failed or everything:
            for line in figure.counted:
                print(f"    {line}")
    return code
