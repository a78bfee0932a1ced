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
    """Return the first day for which groups are formed; None if there are no groups for any day."""
    return None


@hook
async def groups_on(tx: Transaction, day: date, group_id: int | None = None) -> GroupsOfDay:
    """Return the groups of a day or, if it has none, of the next day that has groups, or else of the last such day.

    With `group_id`, the groups of this group's day are returned, and the members of this group are sorted by first
    name. If there is no such group, no groups are returned.
    """
    return GroupsOfDay()


@hook
async def run_on(tx: Transaction, day: date) -> Mapping[int, frozenset[int]]:
    """Return the ids of the published groups of a day that each facilitator runs, by the facilitator's id.

    The day is chosen as in `groups_on`. Facilitators mark the members of the groups that they run.
    """
    return {}


@hook
async def ways_to_a_group(tx: Transaction, day: date, person_id: int | None = None) -> tuple[Button, ...]:
    """Return the organisers' button that repairs groups: absent people leave their groups, present people get one.

    With `person_id`, a second button lets an organiser put this person, who must have a theme, into a group. `day` is
    the day of the attendance; its groups must exist.
    """
    return ()
