"""Reads who is away from the gathering, until when people sleep, and whose clocks show another hour.

A day is a local date, in ISO 8601.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.content.zones import zone_of
from bot.database.engine import Transaction
from bot.people.group_store import tables
from bot.people.quiet import Hours


def away() -> str:
    """Return the SQL condition that a participant p is known to be away on a day: not coming or marked absent.

    The day is the parameter `:today`.
    """
    return f"(p.status <> 'joined' OR {tables().absent})"


async def awake_at(
    tx: Transaction, participant_ids: Collection[int], hours: Hours, now: datetime
) -> Mapping[int, datetime]:
    """Return, by participant's id, the first instant at which a message does not disturb their night.

    It is `now` for a participant who has day, else the end of the night.
    """
    if not participant_ids:
        return {}
    rows = await tx.all(
        f"SELECT p.id, p.territory, CASE WHEN {away()} THEN 1 ELSE 0 END AS away FROM participants p"
        " WHERE p.id >= :first AND p.id <= :last",
        first=min(participant_ids),
        last=max(participant_ids),
        today=hours.day(now).isoformat(),
    )
    wake = {row["id"]: hours.wakes_at(row["territory"], now, away=bool(row["away"])) for row in rows}
    return {person_id: wake.get(person_id) or now for person_id in participant_ids}


async def zone_elsewhere(tx: Transaction, zone: str, instant: datetime) -> str | None:
    """Return the zone of most participants whose clocks do not show the hour of `zone`; None for nobody.

    The clocks are compared at the given instant.
    """
    rows = await tx.all(
        "SELECT territory, COUNT(*) AS people FROM participants"
        " WHERE status = 'joined' AND attends = 1 AND territory IS NOT NULL GROUP BY territory"
    )
    here = instant.astimezone(ZoneInfo(zone)).utcoffset()
    people: Counter[str] = Counter()
    for row in rows:
        theirs = zone_of(row["territory"])
        if theirs and instant.astimezone(ZoneInfo(theirs)).utcoffset() != here:
            people[theirs] += row["people"]
    # By name among equals, so that the same people always read the same.
    return min(people, key=lambda name: (-people[name], name), default=None)
