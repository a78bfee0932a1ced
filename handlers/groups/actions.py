"""The actions and buttons of groups, members and proposals that more than one module uses."""

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
    """Request groups for all rounds that are not published."""

    code: ClassVar[str] = "gb"


@dataclass(frozen=True, slots=True)
class ShowProposal(Action):
    """Show a proposal again."""

    code: ClassVar[str] = "ge"
    proposal: int


@dataclass(frozen=True, slots=True)
class ShowProposed(Action):
    """Show one theme's groups of a proposal: a page (from 0), in the round with index `at` in the proposal."""

    code: ClassVar[str] = "gf"
    proposal: int
    theme: str
    at: int
    page: int


@dataclass(frozen=True, slots=True)
class KeepProposal(Action):
    """Apply a proposal."""

    code: ClassVar[str] = "gc"
    proposal: int


@dataclass(frozen=True, slots=True)
class Redo(Action):
    """Compute a proposal again with the same wishes, from the present facts and with another seed."""

    code: ClassVar[str] = "gd"
    proposal: int


@dataclass(frozen=True, slots=True)
class ChangeCount(Action):
    """Compute a proposal again with another number of groups in a theme; 0 lets the solver choose."""

    code: ClassVar[str] = "gac"
    proposal: int
    theme: str
    count: int


@dataclass(frozen=True, slots=True)
class ApplyRemedy(Action):
    """Apply the remedy with index `at` among those of a proposal."""

    code: ClassVar[str] = "gae"
    proposal: int
    at: int


@dataclass(frozen=True, slots=True)
class FormWaitingTheme(Action):
    """Compute a proposal again, without the waiting or the waiver of a theme."""

    code: ClassVar[str] = "gaf"
    proposal: int
    theme: str


@dataclass(frozen=True, slots=True)
class DrawGroups(Action):
    """Request a picture of the groups of a round."""

    code: ClassVar[str] = "gva"
    round: int


@dataclass(frozen=True, slots=True)
class DrawProposal(Action):
    """Request the picture of a proposal again."""

    code: ClassVar[str] = "gvb"
    proposal: int


@dataclass(frozen=True, slots=True)
class PrintLists(Action):
    """Request the door lists of a round, with a page for each group."""

    code: ClassVar[str] = "gvc"
    round: int


@dataclass(frozen=True, slots=True)
class ShowRooms(Action):
    """Show theme by theme which groups of a round have no room."""

    code: ClassVar[str] = "gvd"
    round: int


@dataclass(frozen=True, slots=True)
class ShowUnplaced(Action):
    """Show a page (from 0) of the people of a theme who are in no group of a round."""

    code: ClassVar[str] = "gga"
    round: int
    theme: str
    page: int


@dataclass(frozen=True, slots=True)
class ShowThemeGroups(Action):
    """Show a page (from 0) of the groups of a theme in a round."""

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
    """Show a person and their group in a round, and what can be done with them."""

    code: ClassVar[str] = "gj"
    round: int
    person: int


@dataclass(frozen=True, slots=True)
class ShowOthers(Action):
    """Show a page (from 0) of the theme's people, to choose the second person of a change.

    `want` is «swap», «together» or «apart».
    """

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
    """Show today's attendance."""

    code: ClassVar[str] = "gi"


@dataclass(frozen=True, slots=True)
class AddSomeone(Action):
    """Open the form for a person who arrives and is on no list."""

    code: ClassVar[str] = "gik"


@dataclass(frozen=True, slots=True)
class AskRepair(Action):
    """Request a repair of a round's groups for the people not absent on a day, given as `date.toordinal()`."""

    code: ClassVar[str] = "gim"
    round: int
    day: int


@dataclass(frozen=True, slots=True)
class AttendPerson(Action):
    """Show a person's attendance on a day, given as `date.toordinal()`."""

    code: ClassVar[str] = "gid"
    person: int
    day: int


GROUPS = Button(_("Groups"), Go("groupes"))
BACK_TO_GROUPS = (GROUPS, BACK)
"""The buttons below a reply that confirms a change of groups."""
