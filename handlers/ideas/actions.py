"""What the buttons of an idea's card ask for, its author's own among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action


def number_of(value: str) -> int | None:
    """The id of an idea that was chosen; None for a value that is none."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


@dataclass(frozen=True, slots=True)
class OpenFrom(Action):
    """See the one that is chosen of several ideas. `origin` and `at` as in OpenIdea."""

    code: ClassVar[str] = "wof"
    origin: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class VoteFor(Action):
    """Give an idea one of one's votes, or take it back. `origin` and `at` as in OpenIdea."""

    code: ClassVar[str] = "wvf"
    idea: int
    gives: bool
    origin: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class CastVotes(Action):
    """Vote for these of the ideas shown, whose ids are `first` to `last`, and keep one's votes for others."""

    code: ClassVar[str] = "wvi"
    run: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CastVotesFrom(Action):
    """The same on a ballot of an earlier version, which knows only the rank its ideas began at."""

    code: ClassVar[str] = "wvc"
    run: int
    page: int


@dataclass(frozen=True, slots=True)
class ShowAgain(Action):
    """Put a hidden idea back where it was."""

    code: ClassVar[str] = "wqs"
    idea: int


@dataclass(frozen=True, slots=True)
class PartIdeas(Action):
    """Let what was merged into an idea stand by itself again."""

    code: ClassVar[str] = "wjp"
    idea: int


@dataclass(frozen=True, slots=True)
class TakeIn(Action):
    """Take an idea that came late into its phase."""

    code: ClassVar[str] = "wli"
    idea: int


@dataclass(frozen=True, slots=True)
class LeaveOut(Action):
    """Leave an idea that came late to its author alone."""

    code: ClassVar[str] = "wlo"
    idea: int


@dataclass(frozen=True, slots=True)
class AskTheTeam(Action):
    """Say that words which may have been no idea are a question to the team, which answers."""

    code: ClassVar[str] = "wxq"
    idea: int


@dataclass(frozen=True, slots=True)
class MyFiles(Action):
    """Have the files of one's ideas, from the one at `start` on."""

    code: ClassVar[str] = "prf"
    start: int = 0


# --- What the buttons under one's own ideas ask for.


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
class WithdrawIdea(Action):
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
