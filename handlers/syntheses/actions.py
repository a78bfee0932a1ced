"""The actions of the buttons of a synthesis. `run` is the id of a phase's run, `version` the id of a version.

`base` is the id of the version that a person changes, 0 for none. It travels with the form, so that saving can tell
whether another version was saved meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action


@dataclass(frozen=True, slots=True)
class TakePen(Action):
    """Become the member who writes the synthesis."""

    code: ClassVar[str] = "xp"
    run: int


@dataclass(frozen=True, slots=True)
class WriteText(Action):
    """Write a synthesis in free words."""

    code: ClassVar[str] = "xw"
    run: int
    base: int


@dataclass(frozen=True, slots=True)
class WriteSentence(Action):
    """Write the challenge in one sentence."""

    code: ClassVar[str] = "xs"
    run: int
    base: int


@dataclass(frozen=True, slots=True)
class WriteFirstHalf(Action):
    """Write the first three fields of the canvas."""

    code: ClassVar[str] = "xa"
    run: int
    base: int


@dataclass(frozen=True, slots=True)
class WriteSecondHalf(Action):
    """Write the last three fields of the canvas."""

    code: ClassVar[str] = "xb"
    run: int
    base: int


Write = WriteText | WriteSentence | WriteFirstHalf | WriteSecondHalf
"""The actions that open a form for a version."""


@dataclass(frozen=True, slots=True)
class PickIdea(Action):
    """Choose the idea on which the solution is built."""

    code: ClassVar[str] = "xi"
    run: int
    base: int


@dataclass(frozen=True, slots=True)
class Approve(Action):
    """Approve of a version."""

    code: ClassVar[str] = "xo"
    version: int


@dataclass(frozen=True, slots=True)
class Comment(Action):
    """Comment on a version."""

    code: ClassVar[str] = "xc"
    version: int


@dataclass(frozen=True, slots=True)
class Choose(Action):
    """Choose one of several versions written at the same time."""

    code: ClassVar[str] = "xk"
    version: int


@dataclass(frozen=True, slots=True)
class Earlier(Action):
    """See the earlier versions, which can be restored. Pages count from 1."""

    code: ClassVar[str] = "xv"
    run: int
    page: int = 1


@dataclass(frozen=True, slots=True)
class TakeBack(Action):
    """Restore an earlier version instead of the version `current`."""

    code: ClassVar[str] = "xr"
    version: int
    current: int
