"""Figures that `make check` prints: a number, its aim, and the things that were counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit, its aim (if any), and what was counted, a line for each thing."""

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
    """Return a figure that is to be 0: how many lines `counted` has, each on something that is wrong."""
    return Figure(key, name, len(counted), "0", met=not counted, counted=counted)


def report(figures: Iterable[Figure], enforced: Collection[str], *, everything: bool = False) -> int:
    """Print figures; return 1 if one misses its aim and its key is in `enforced`, else 0.

    What was counted is printed below each such figure or, with `everything`, below each figure.
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
