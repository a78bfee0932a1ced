"""What organisers' screens about groups share: which round is meant, a group found by its id, how groups are called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.content.errors import Stale
from bot.content.texts import Name, Span, _
from bot.content.views import Button
from bot.conversation.routes import Request
from handlers.groups import store
from handlers.groups.actions import AskRepair
from handlers.groups.model import Group, Round
from handlers.themes.model import Theme
from handlers.themes.store import find_theme


def repair_button(round_number: int, day: date) -> Button:
    """Has the groups of a round repaired for those not absent on a day."""
    return Button(_("Repair the groups"), AskRepair(round_number, day.toordinal()), style="primary")


def day_to_mark(rounds: Sequence[Round], day: date) -> date:
    """Whose attendance organisers mean on a day: its own, and before the groups first meet that of their first day."""
    return max([day, *(round_.day for round_ in rounds[:1])])


async def a_round(request: Request, number: int) -> Round:
    """A round by number. Raises Stale for one that is not there."""
    found = await store.find_round(request.tx, number)
    if found is None:
        raise Stale
    return found


async def a_group(request: Request, group_id: int) -> tuple[Group, Theme, Round]:
    """A group with its theme and round. Raises Stale for one that is dissolved."""
    group = await store.find_group(request.tx, group_id)
    theme = await find_theme(request.tx, group.theme) if group else None
    if group is None or theme is None:
        raise Stale
    return group, theme, await a_round(request, group.round)


def numbered(group: Group) -> Span:
    """A group within its theme: «group 3», with its own name if it has one."""
    if group.name:
        return _("group {number}, «{name}»", number=group.number, name=Name(group.name))
    return _("group {number}", number=group.number)


def group_label(group: Group) -> Span:
    """The same, as a button or at the beginning of a line."""
    if group.name:
        return _("Group {number}, «{name}»", number=group.number, name=Name(group.name))
    return _("Group {number}", number=group.number)
