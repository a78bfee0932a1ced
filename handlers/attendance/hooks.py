"""Questions of attendance that the capability «groups» answers, which is built on top of it.

People are marked group by group, and those who are there get a group; attendance itself forms none.
"""

from __future__ import annotations

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
    """Return the groups in which people are on a day or, on a day without groups, on the next or last that has some.

    With `group_id`, they are the groups of that group's day, and its members are sorted by first name; none are
    returned if there is no such group.
    """
    return GroupsOfDay()


@hook
async def ways_to_a_group(tx: Transaction, day: date, person_id: int | None = None) -> tuple[Button, ...]:
    """Return the button by which organisers have groups repaired: who is absent leaves them, who is there gets one.

    With `person_id`, also the button to put this person into a group by hand; the person must have a theme. `day` is
    the day of the attendance; its groups must be formed.
    """
    return ()
