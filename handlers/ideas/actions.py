"""The actions of the buttons under ideas, which more than one module shows. `idea` is the id of an idea."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action


def number_of(value: str) -> int | None:
    """Return the id in the value of a choice; None for a value that is no id."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


@dataclass(frozen=True, slots=True)
class OpenFrom(Action):
    """Open the idea that is chosen from a list. `origin` and `at` are those of `OpenIdea`."""

    code: ClassVar[str] = "wof"
    origin: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class VoteFor(Action):
    """Give an idea one of one's votes, or take the vote back. `origin` and `at` are those of `OpenIdea`."""

    code: ClassVar[str] = "wvf"
    idea: int
    gives: bool
    origin: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class CastVotes(Action):
    """Vote for the chosen ideas of a page, which shows ids `first` to `last`. Votes for other ideas stay."""

    code: ClassVar[str] = "wvi"
    run: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CastVotesFrom(Action):
    """Vote on a ballot sent by an earlier version of the program, which stored only the rank of its first idea."""

    code: ClassVar[str] = "wvc"
    run: int
    page: int


@dataclass(frozen=True, slots=True)
class ShowAgain(Action):
    """Show a hidden idea again."""

    code: ClassVar[str] = "wqs"
    idea: int


@dataclass(frozen=True, slots=True)
class PartIdeas(Action):
    """Separate the ideas that were merged into an idea."""

    code: ClassVar[str] = "wjp"
    idea: int


@dataclass(frozen=True, slots=True)
class TakeIn(Action):
    """Add a late idea to the wall."""

    code: ClassVar[str] = "wli"
    idea: int


@dataclass(frozen=True, slots=True)
class LeaveOut(Action):
    """Leave a late idea off the wall, so that only its author sees it."""

    code: ClassVar[str] = "wlo"
    idea: int


@dataclass(frozen=True, slots=True)
class AskTheTeam(Action):
    """Send a text that may be no idea to the team as a question."""

    code: ClassVar[str] = "wxq"
    idea: int


@dataclass(frozen=True, slots=True)
class MyFiles(Action):
    """Get the files of one's ideas, from the one at index `start` on."""

    code: ClassVar[str] = "prf"
    start: int = 0


# --- The buttons under one's own ideas.


@dataclass(frozen=True, slots=True)
class MyIdea(Action):
    """Open the idea that is chosen from one's own ideas."""

    code: ClassVar[str] = "wxo"


@dataclass(frozen=True, slots=True)
class MyIdeasAt(Action):
    """See a page of one's own ideas, counted from 1. `run` 0 stands for the phase of one's latest idea."""

    code: ClassVar[str] = "wxp"
    run: int
    page: int


@dataclass(frozen=True, slots=True)
class EditIdea(Action):
    """Change the text of one's idea."""

    code: ClassVar[str] = "wxe"
    idea: int


@dataclass(frozen=True, slots=True)
class WithdrawIdea(Action):
    """Withdraw one's idea."""

    code: ClassVar[str] = "wxw"
    idea: int


@dataclass(frozen=True, slots=True)
class BringBack(Action):
    """Restore an idea that one withdrew."""

    code: ClassVar[str] = "wxr"
    idea: int


@dataclass(frozen=True, slots=True)
class ItIsAnIdea(Action):
    """Answer that a text the bot asked about is an idea."""

    code: ClassVar[str] = "wxy"
    idea: int


@dataclass(frozen=True, slots=True)
class ItIsNoIdea(Action):
    """Answer that a text the bot asked about is no idea."""

    code: ClassVar[str] = "wxm"
    idea: int


@dataclass(frozen=True, slots=True)
class SetAnonymous(Action):
    """Hide or show one's name beside one's idea."""

    code: ClassVar[str] = "wxn"
    idea: int
    anonymous: bool


@dataclass(frozen=True, slots=True)
class Categorise(Action):
    """Choose the category of one's idea: a fact, a need or a scheme."""

    code: ClassVar[str] = "wxc"
    idea: int


@dataclass(frozen=True, slots=True)
class SendLate(Action):
    """Send one's late idea to the facilitator."""

    code: ClassVar[str] = "wxl"
    idea: int
