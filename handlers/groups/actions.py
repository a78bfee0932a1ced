"""The buttons of groups, members and proposals that more than one module uses.

A round is the set of groups of one day. A proposal holds groups that were computed, and changes nothing until an
organiser applies it.
"""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go
from handlers.navigation.actions import BACK


class ShowGroups(Action, code="ga"):
    """The button that shows, for each theme, the number of groups and people of a round (the groups of one day)."""

    round: int


class ShowProposal(Action, code="ge"):
    """The button that shows the proposal of groups with this id."""

    proposal: int


class ShowProposed(Action, code="gf"):
    """The button that shows the groups that a proposal contains for one theme.

    `at` is the index of a round (the groups of one day) in the proposal, `page` counts from 0.
    """

    proposal: int
    theme: str
    at: int
    page: int


class KeepProposal(Action, code="gc"):
    """The button that applies the proposal with this id: the proposed groups become the real ones."""

    proposal: int


class Redo(Action, code="gd"):
    """The button that requests another proposal of equally good groups, with the same wishes but another seed."""

    proposal: int


class ChangeCount(Action, code="gac"):
    """The button that requests a proposal with `count` groups in a theme; 0 lets the solver choose the number."""

    proposal: int
    theme: str
    count: int


class ApplyRemedy(Action, code="gae"):
    """The button that applies a remedy: a change that lets a theme's people be split into groups.

    `at` is the index of the remedy in the proposal.
    """

    proposal: int
    at: int


class FormWaitingTheme(Action, code="gaf"):
    """The button that requests a proposal in which a theme is treated like the others again.

    Organisers had let the theme wait (it gets no groups for now), or had allowed other sizes for its groups (a waiver).
    """

    proposal: int
    theme: str


class DrawProposal(Action, code="gvb"):
    """The button that requests the picture of a proposal of groups once more."""

    proposal: int


class ShowUnplaced(Action, code="gga"):
    """The button that shows a page (from 0) of the people of a theme who have no group in a round (one day)."""

    round: int
    theme: str
    page: int


class OpenGroup(Action, code="gh"):
    """The button that shows everything about the group with this id, and what can be done with it."""

    group: int


class OpenMember(Action, code="gj"):
    """The button that shows a person, their group in a round (one day), and what can be changed about both."""

    round: int
    person: int


class ShowOthers(Action, code="gl"):
    """The button that shows a page (from 0) of the people who can be chosen as the other person of a pair.

    `want` is what is done with `person` and the other: «swap» their groups, keep them «together», or keep them «apart».
    """

    round: int
    person: int
    want: str
    page: int = 0


class AskRepair(Action, code="gim"):
    """The button that requests a repair: a proposal in which absent people leave their groups and few others move.

    `day` is the day of the attendance, as `date.toordinal()`.
    """

    round: int
    day: int


GROUPS = Button(_("Groups"), Go("groupes"))
BACK_TO_GROUPS = (GROUPS, BACK)
"""The buttons below a reply that confirms a change of groups: to the groups, and to the organisers' home screen."""
