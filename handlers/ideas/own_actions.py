"""What the buttons under one's own ideas ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action


@dataclass(frozen=True, slots=True)
class MyIdea(Action):
    """See the one that is chosen of one's own ideas, and what can be done with it."""

    code: ClassVar[str] = "wxo"


@dataclass(frozen=True, slots=True)
class MyIdeasAt(Action):
    """See a page of one's own ideas, counted from 1; `run` is 0 for the phase one gave something in last."""

    code: ClassVar[str] = "wxp"
    run: int
    page: int


@dataclass(frozen=True, slots=True)
class EditIdea(Action):
    """Change the words of one's idea."""

    code: ClassVar[str] = "wxe"
    idea: int


@dataclass(frozen=True, slots=True)
class Withdraw(Action):
    """Take one's idea back."""

    code: ClassVar[str] = "wxw"
    idea: int


@dataclass(frozen=True, slots=True)
class BringBack(Action):
    """Have an idea again that one took back."""

    code: ClassVar[str] = "wxr"
    idea: int


@dataclass(frozen=True, slots=True)
class ItIsAnIdea(Action):
    """Say that words which may have been none are an idea."""

    code: ClassVar[str] = "wxy"
    idea: int


@dataclass(frozen=True, slots=True)
class ItIsNoIdea(Action):
    """Say that they are nothing of the kind."""

    code: ClassVar[str] = "wxm"
    idea: int


@dataclass(frozen=True, slots=True)
class SetAnonymous(Action):
    """Whether others read one's idea without the name."""

    code: ClassVar[str] = "wxn"
    idea: int
    anonymous: bool


@dataclass(frozen=True, slots=True)
class Categorise(Action):
    """Say what one's idea is: a fact, a need, a scheme."""

    code: ClassVar[str] = "wxc"
    idea: int


@dataclass(frozen=True, slots=True)
class SendLate(Action):
    """Offer to the facilitator what came after the end."""

    code: ClassVar[str] = "wxl"
    idea: int
