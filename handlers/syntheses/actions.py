"""What the buttons of a synthesis ask for. `run` is a phase as one group lives it, `version` a synthesis by id.

`base` is the version someone changes, 0 for none: it travels with the form, so that a save knows what it stands on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action


@dataclass(frozen=True, slots=True)
class TakePen(Action):
    """Be the one who writes."""

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


@dataclass(frozen=True, slots=True)
class PickIdea(Action):
    """Choose the idea that the solution is made of."""

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
    """Keep one of the versions to choose from."""

    code: ClassVar[str] = "xk"
    version: int


@dataclass(frozen=True, slots=True)
class Earlier(Action):
    """See the versions that can be taken back; pages count from 1."""

    code: ClassVar[str] = "xv"
    run: int
    page: int = 1


@dataclass(frozen=True, slots=True)
class TakeBack(Action):
    """Take a past version back, instead of the one that is current now."""

    code: ClassVar[str] = "xr"
    version: int
    current: int
