"""The buttons of groups, members and proposals that more than one module uses.

A round is the set of groups of one day. A proposal holds groups that were computed, and changes nothing until an
organiser applies it.
"""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go
from handlers.navigation.actions import BACK


class ShowGroups(Action):
    """The button that shows, for each theme, the number of groups and people of a round (the groups of one day)."""

    code: ClassVar[str] = "ga"
    round: int


class FormGroups(Action):
    """The button that requests a proposal of groups for all rounds (days) whose groups are not published."""

    code: ClassVar[str] = "gb"


class ShowProposal(Action):
    """The button that shows the proposal of groups with this id."""

    code: ClassVar[str] = "ge"
    proposal: int


class ShowProposed(Action):
    """The button that shows the groups that a proposal contains for one theme.

    `at` is the index of a round (the groups of one day) among those of the proposal, `page` counts from 0.
    """

    code: ClassVar[str] = "gf"
    proposal: int
    theme: str
    at: int
    page: int


class KeepProposal(Action):
    """The button that applies the proposal with this id: the proposed groups become the real ones."""

    code: ClassVar[str] = "gc"
    proposal: int


class Redo(Action):
    """The button that requests another proposal with the same wishes and another seed, of groups that are as good."""

    code: ClassVar[str] = "gd"
    proposal: int


class ChangeCount(Action):
    """The button that requests a proposal with `count` groups in a theme; 0 lets the solver choose the number."""

    code: ClassVar[str] = "gac"
    proposal: int
    theme: str
    count: int


class ApplyRemedy(Action):
    """The button that applies a remedy: a change that lets a theme's people be split into groups.

    `at` is the index of the remedy in the proposal.
    """

    code: ClassVar[str] = "gae"
    proposal: int
    at: int


class FormWaitingTheme(Action):
    """The button that requests a proposal without the exception that organisers made for a theme.

    The exception is that the theme gets no groups for now (it waits), or that its groups may have other sizes (a
    waiver).
    """

    code: ClassVar[str] = "gaf"
    proposal: int
    theme: str


class DrawGroups(Action):
    """The button that requests a picture of the groups of one day (a round)."""

    code: ClassVar[str] = "gva"
    round: int


class DrawProposal(Action):
    """The button that requests the picture of a proposal of groups again."""

    code: ClassVar[str] = "gvb"
    proposal: int


class PrintLists(Action):
    """The button that requests the door lists of one day's groups (a round): a page to print for each group."""

    code: ClassVar[str] = "gvc"
    round: int


class ShowRooms(Action):
    """The button that shows, theme by theme, how many groups of one day (a round) have a room."""

    code: ClassVar[str] = "gvd"
    round: int


class ShowUnplaced(Action):
    """The button that shows a page (from 0) of the people of a theme who have no group in a round (one day)."""

    code: ClassVar[str] = "gga"
    round: int
    theme: str
    page: int


class ShowThemeGroups(Action):
    """The button that shows a page (from 0) of the groups of a theme in a round (one day)."""

    code: ClassVar[str] = "gg"
    round: int
    theme: str
    page: int = 0


class OpenGroup(Action):
    """The button that shows everything about the group with this id, and what can be done with it."""

    code: ClassVar[str] = "gh"
    group: int


class OpenMember(Action):
    """The button that shows a person, their group in a round (one day), and what can be changed about both."""

    code: ClassVar[str] = "gj"
    round: int
    person: int


class ShowOthers(Action):
    """The button that shows a page (from 0) of the people who can be chosen as the other person of a pair.

    `want` is what is done with `person` and the other: «swap» their groups, keep them «together», or keep them «apart».
    """

    code: ClassVar[str] = "gl"
    round: int
    person: int
    want: str
    page: int = 0


class ShowMeeting(Action):
    """The button that shows when the groups of a round (one day) first meet."""

    code: ClassVar[str] = "gm"
    round: int


class ShowAttendance(Action):
    """The button that shows the attendance of today or, if that is still to come, of the first day of groups."""

    code: ClassVar[str] = "gi"


class AddSomeone(Action):
    """The button that opens the form for a person who arrives and is on no list."""

    code: ClassVar[str] = "gik"


class AskRepair(Action):
    """The button that requests a repair: a proposal in which absent people leave their groups and few others move.

    `day` is the day of the attendance, as `date.toordinal()`.
    """

    code: ClassVar[str] = "gim"
    round: int
    day: int


class AttendPerson(Action):
    """The button that shows whether a person is marked present on a day, given as `date.toordinal()`."""

    code: ClassVar[str] = "gid"
    person: int
    day: int


class ScanBadge(Action):
    """The link in the QR code of a badge: it shows organisers whether its owner is marked present today.

    `mark` is what nobody else can put on a badge of this person; see `handlers.groups.store.badges`.
    """

    code: ClassVar[str] = "gbd"
    person: int
    mark: str


class ScanOldBadge(Action):
    """The link in the QR code of a badge without a mark, as badges were once: anybody could make it."""

    code: ClassVar[str] = "gix"
    person: int


GROUPS = Button(_("Groups"), Go("groupes"))
BACK_TO_GROUPS = (GROUPS, BACK)
"""The buttons below a reply that confirms a change of groups: to the groups, and to the organisers' screen."""
