"""What the buttons of an idea's card ask for, where another module than the card's answers; and casting votes.

What the team answers stands here too: its screens are above those of ideas.
"""

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
    """Vote for these of the ideas shown from rank `page` on, and keep one's votes for others."""

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
