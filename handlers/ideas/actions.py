"""The actions of the buttons and choices about ideas that more than one module shows.

In these classes, `idea` is the id of an idea, and `run` the id of a run (a phase as one group lives it).
"""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action


def number_of(value: str) -> int | None:
    """Return the id that the value of a chosen option stands for; None for a value that is no id."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


class NotAnIdea(Action):
    """The button with which an author says that what was taken for an idea is none."""

    code: ClassVar[str] = "wnx"
    idea: int


class OpenFrom(Action):
    """The choice that opens one idea of a list. `origin` and `at` say where the way back leads, as in `OpenIdea`."""

    code: ClassVar[str] = "wof"
    origin: str = ""
    at: int = 0


class VoteFor(Action):
    """The button that gives an idea one of the person's votes (`gives`), or takes the vote back.

    `origin` and `at` say where the way back leads, as in `OpenIdea`.
    """

    code: ClassVar[str] = "wvf"
    idea: int
    gives: bool
    origin: str = ""
    at: int = 0


class CastVotes(Action):
    """The choice of the ideas of a page for which a person votes.

    `first` and `last` are the ids of the first and last idea of the page. Votes for ideas of other pages stay.
    """

    code: ClassVar[str] = "wvi"
    run: int
    first: int
    last: int


class CastVotesFrom(Action):
    """The choice of ideas in a message sent by an earlier version of the program.

    It stored only `page`, the rank of the first idea of the page.
    """

    code: ClassVar[str] = "wvc"
    run: int
    page: int


class ShowAgain(Action):
    """The button with which a facilitator shows a hidden idea again."""

    code: ClassVar[str] = "wqs"
    idea: int


class PartIdeas(Action):
    """The button that makes the ideas merged into an idea ideas of their own again."""

    code: ClassVar[str] = "wjp"
    idea: int


class TakeIn(Action):
    """The button with which a facilitator adds a late idea to the wall."""

    code: ClassVar[str] = "wli"
    idea: int


class LeaveOut(Action):
    """The button with which a facilitator leaves a late idea off the wall, so that only its author sees it."""

    code: ClassVar[str] = "wlo"
    idea: int


class MyFiles(Action):
    """The button that sends a person the files of their ideas, beginning with the file at index `start`."""

    code: ClassVar[str] = "prf"
    start: int = 0


# --- The buttons under one's own ideas.


class MyIdea(Action):
    """The choice that opens one idea of the person's own ideas."""

    code: ClassVar[str] = "wxo"


class MyIdeasAt(Action):
    """The button that shows a page of the person's own ideas of a phase. `page` counts from 1.

    0 as `run` stands for the phase of the person's latest idea.
    """

    code: ClassVar[str] = "wxp"
    run: int
    page: int


class EditIdea(Action):
    """The button that opens the form for changing the text of the person's idea."""

    code: ClassVar[str] = "wxe"
    idea: int


class WithdrawIdea(Action):
    """The button with which a person withdraws their idea."""

    code: ClassVar[str] = "wxw"
    idea: int


class BringBack(Action):
    """The button with which a person restores an idea they withdrew."""

    code: ClassVar[str] = "wxr"
    idea: int


class SetAnonymous(Action):
    """The button that hides the person's name beside their idea (`anonymous`), or shows it again."""

    code: ClassVar[str] = "wxn"
    idea: int
    anonymous: bool


class Categorise(Action):
    """The choice of the category of the person's idea: a fact, a need or a scheme."""

    code: ClassVar[str] = "wxc"
    idea: int


class SendLate(Action):
    """The button with which a person sends their late idea to the facilitator."""

    code: ClassVar[str] = "wxl"
    idea: int
