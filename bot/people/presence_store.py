"""Who is not where the gathering is, and whose clocks show another hour. A day is a local date, in ISO 8601."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.content.zones import zone_of
from bot.database.engine import Transaction
from bot.people.group_store import tables


def away() -> str:
    """SQL: whether a participant p is known not to be there on the day `:today`: not coming, or marked absent."""
    return f"(p.status <> 'joined' OR {tables().absent})"


async def is_away(tx: Transaction, participant_id: int, day: str) -> bool:
    """Whether someone is known not to be where the gathering is on a day."""
    row = await tx.one(
        f"SELECT 1 AS found FROM participants p WHERE p.id = :id AND {away()}", id=participant_id, today=day
    )
    return row is not None


async def zone_elsewhere(tx: Transaction, zone: str, instant: datetime) -> str | None:
    """The zone in which most of the people live whose clocks show another hour at `instant`; None without any."""
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
