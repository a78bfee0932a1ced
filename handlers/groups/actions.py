"""The ways to the groups, to someone in them and to proposals of them, which more than one module offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go
from handlers.navigation.actions import BACK


@dataclass(frozen=True, slots=True)
class ShowGroups(Action):
    """Show the groups of a round, theme by theme."""

    code: ClassVar[str] = "ga"
    round: int


@dataclass(frozen=True, slots=True)
class FormGroups(Action):
    """Have groups formed for all rounds that are not published."""

    code: ClassVar[str] = "gb"


@dataclass(frozen=True, slots=True)
class ShowProposal(Action):
    """Look at a proposal again."""

    code: ClassVar[str] = "ge"
    proposal: int


@dataclass(frozen=True, slots=True)
class ShowProposed(Action):
    """Look at one theme's groups of a proposal: the round by its place in it, a page of groups."""

    code: ClassVar[str] = "gf"
    proposal: int
    theme: str
    at: int
    page: int


@dataclass(frozen=True, slots=True)
class KeepProposal(Action):
    """Put a proposal into effect."""

    code: ClassVar[str] = "gc"
    proposal: int


@dataclass(frozen=True, slots=True)
class Redo(Action):
    """Compute a proposal anew, from what is so now and with another seed; what was asked for stays."""

    code: ClassVar[str] = "gd"
    proposal: int


@dataclass(frozen=True, slots=True)
class ChangeCount(Action):
    """The same with another number of groups in a theme; 0 for the one that suits."""

    code: ClassVar[str] = "gac"
    proposal: int
    theme: str
    count: int


@dataclass(frozen=True, slots=True)
class ApplyRemedy(Action):
    """Take one of the remedies a proposal offers, by its place among them."""

    code: ClassVar[str] = "gae"
    proposal: int
    at: int


@dataclass(frozen=True, slots=True)
class FormWaitingTheme(Action):
    """The same, with groups also for a theme that waits or has a waiver, as for the others."""

    code: ClassVar[str] = "gaf"
    proposal: int
    theme: str


@dataclass(frozen=True, slots=True)
class DrawGroups(Action):
    """Have the groups of a round drawn."""

    code: ClassVar[str] = "gva"
    round: int


@dataclass(frozen=True, slots=True)
class DrawProposal(Action):
    """Have the groups of a proposal drawn again."""

    code: ClassVar[str] = "gvb"
    proposal: int


@dataclass(frozen=True, slots=True)
class PrintLists(Action):
    """Have the lists for the doors made, a page a group."""

    code: ClassVar[str] = "gvc"
    round: int


@dataclass(frozen=True, slots=True)
class ShowRooms(Action):
    """Show which groups of a round have no room, theme by theme."""

    code: ClassVar[str] = "gvd"
    round: int


@dataclass(frozen=True, slots=True)
class ShowUnplaced(Action):
    """Show who of a theme is in no group of a round, a page of them."""

    code: ClassVar[str] = "gga"
    round: int
    theme: str
    page: int


@dataclass(frozen=True, slots=True)
class ShowThemeGroups(Action):
    """Show the groups of a theme in a round, a page of them (from 0)."""

    code: ClassVar[str] = "gg"
    round: int
    theme: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class OpenGroup(Action):
    """Show everything about a group, and what can be done with it."""

    code: ClassVar[str] = "gh"
    group: int


@dataclass(frozen=True, slots=True)
class OpenMember(Action):
    """Show someone as a round's groups see them, and what can be done."""

    code: ClassVar[str] = "gj"
    round: int
    person: int


@dataclass(frozen=True, slots=True)
class ShowOthers(Action):
    """Choose the second person: to `swap` with, or to be `together` or `apart`; a page of the theme's list."""

    code: ClassVar[str] = "gl"
    round: int
    person: int
    want: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class ShowMeeting(Action):
    """Show when the groups of a round first meet."""

    code: ClassVar[str] = "gm"
    round: int


@dataclass(frozen=True, slots=True)
class ShowAttendance(Action):
    """Show who is there today."""

    code: ClassVar[str] = "gi"


@dataclass(frozen=True, slots=True)
class AddSomeone(Action):
    """Open the form of who arrives and is on no list."""

    code: ClassVar[str] = "gik"


@dataclass(frozen=True, slots=True)
class AskRepair(Action):
    """Have the groups of a round repaired for those not absent on a day (its ordinal)."""

    code: ClassVar[str] = "gim"
    round: int
    day: int


@dataclass(frozen=True, slots=True)
class AttendPerson(Action):
    """Show whether someone is there on a day (its ordinal)."""

    code: ClassVar[str] = "gid"
    person: int
    day: int


GROUPS = Button(_("Groups"), Go("groupes"))
BACK_TO_GROUPS = (GROUPS, BACK)
"""The ways on from something done to groups."""
