"""The actions of equality's buttons that more than one module shows."""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action


class ShowEquality(Action):
    """The button that shows the figures of women and men in the steps that have ended. `page` is counted from 0."""

    code: ClassVar[str] = "eq"
    page: int


class LookAgain(Action):
    """The button that looks once more at the steps about which nothing could be published."""

    code: ClassVar[str] = "eqa"


class ShowRoom(Action):
    """The button that shows the count of who speaks in the room, or how to begin it."""

    code: ClassVar[str] = "eqr"


class BeginRoom(Action):
    """The button that begins the count of who speaks in the room."""

    code: ClassVar[str] = "eqb"


class CountInRoom(Action):
    """The button that counts a speaker, or with `back` takes one back; `seen` is «woman», «man» or «unknown»."""

    code: ClassVar[str] = "eqc"
    seen: str
    back: bool


class AskToEndRoom(Action):
    """The button that asks for confirmation before the count in the room is forgotten."""

    code: ClassVar[str] = "eqq"


class EndRoom(Action):
    """The button that forgets the count in the room."""

    code: ClassVar[str] = "eqe"
