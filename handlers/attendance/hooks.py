"""Hooks by which attendance asks the capability «groups», which is built on top of it.

People are marked group by group, and present people get a group, but attendance itself forms no groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.content.hooks import hook
from bot.content.views import Button
from bot.database.engine import Transaction
from handlers.attendance.model import GroupsOfDay


@hook
async def first_day(tx: Transaction) -> date | None:
    """Return the first day for which groups are formed, None if there is no such day."""
    return None


@hook
async def groups_on(tx: Transaction, day: date, group_id: int | None = None) -> GroupsOfDay:
    """Return the groups of a day or, if it has none, of the next day with groups or else the last.

    With `group_id`, the day is the day of that group, whose members are sorted by first name. If there is no such
    group, no groups are returned.
    """
    return GroupsOfDay()


@hook
async def run_on(tx: Transaction, day: date) -> Mapping[int, frozenset[int]]:
    """Return the ids of the published groups of a day that each facilitator runs, by the facilitator's id.

    The day is chosen as `groups_on` does. Facilitators mark the members of these groups.
    """
    return {}


@hook
async def ways_to_a_group(tx: Transaction, day: date, person_id: int | None = None) -> tuple[Button, ...]:
    """Return the organisers' button that repairs groups: absent people leave their groups, present people get one.

    With `person_id`, there is also a button to put this person, who must have a theme, into a group by hand. `day` is
    the day of the attendance; its groups must exist.
    """
    return ()
