"""Helpers of the organisers' screens about groups, which find rounds and groups, and name groups."""

from __future__ import annotations

from datetime import date

from bot.content.errors import existing
from bot.content.texts import Name, Span, Text, _, _n
from bot.content.views import Button
from bot.conversation.routes import Request
from handlers.groups.actions import AskRepair
from handlers.groups.model import Group, Round
from handlers.groups.store import groups
from handlers.groups.store.rounds import find_round
from handlers.themes.model import Theme
from handlers.themes.store import find_theme


def repair_button(round_number: int, day: date) -> Button:
    """Return the button that requests a repair of a round (one day's groups) for a day.

    A repair is a proposal in which the people absent that day leave their groups and few others move.
    """
    return Button(_("Adjust the groups"), AskRepair(round_number, day.toordinal()), style="primary")


def will_be_told(round_: Round, count: int) -> Text:
    """Return the line that says that `count` people will be notified, or nobody before groups are published."""
    if not round_.published:
        return _("Nobody is told: these groups are not published yet.")
    return _n("{count} person will be told.", "{count} people will be told.", count)


def count_line(round_: Round, count: int) -> tuple[Span, ...]:
    """Return a line that says that `count` people were notified, as a tuple; () before groups are published."""
    return (_n("{count} person is told.", "{count} people are told.", count),) if round_.published else ()


async def require_round(request: Request, number: int) -> Round:
    """Return the round (the groups of one day) with this number. Raises Stale if there is none."""
    return existing(await find_round(request.tx, number))


async def require_group(request: Request, group_id: int) -> tuple[Group, Theme, Round]:
    """Return a group with its theme and round (the groups of one day). Raises Stale if the group was deleted."""
    group = existing(await groups.find_group(request.tx, group_id))
    theme = existing(await find_theme(request.tx, group.theme))
    return group, theme, await require_round(request, group.round)


def group_label(group: Group) -> Span:
    """Return the name of a group for buttons and the start of lines: «Group 3», with the group's own name if any."""
    if group.name:
        return _("Group {number}, «{name}»", number=group.number, name=Name(group.name))
    return _("Group {number}", number=group.number)
