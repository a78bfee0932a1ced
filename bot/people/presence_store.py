"""Reads which participants are absent, when their night ends, and in which other time zone some of them live.

A day is a local date in ISO 8601.
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
    """Return an SQL condition that a participant `p` is absent on the day `:today`: not joined, or marked absent."""
    return f"(p.status <> 'joined' OR {tables().absent})"


async def awake_at(
    tx: Transaction, participant_ids: Collection[int], hours: Hours, now: datetime
) -> Mapping[int, datetime]:
    """Return, by participant's id, when a message may be sent to each of these people without waking them.

    By day this is `now`, at night the end of the night. `hours` says by which clock each person lives.
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
    """Return the time zone of participants whose clocks differ from the clock in `zone`; None if there are none.

    If there are several such zones, the one with the most participants is returned. Clocks are compared at `instant`.
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
