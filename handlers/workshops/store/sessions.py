"""The SQL that says when the programme has workshops for a group."""

from __future__ import annotations

from datetime import datetime

from bot.clock import instant_or_none, to_micros
from bot.database.engine import Transaction
from bot.people.group_store import tables


async def workshop_times(tx: Transaction, group_id: int, now: datetime) -> tuple[bool, datetime | None]:
    """Return whether a workshop of the programme takes place now for a group, and when its next workshop begins.

    The second value is None if no later workshop is planned for the group.
    """
    [row] = await tx.all(
        "SELECT MAX(CASE WHEN s.starts_at <= :now AND s.ends_at > :now THEN 1 ELSE 0 END) AS inside,"
        " MIN(CASE WHEN s.starts_at > :now THEN s.starts_at END) AS next"
        f" FROM groups g JOIN sessions s ON s.audience IN {tables().audiences}"
        " WHERE g.id = :group AND s.kind = 'workshop' AND s.cancelled = 0 AND s.unconfirmed = 0",
        group=group_id,
        now=to_micros(now),
    )
    return bool(row["inside"]), instant_or_none(row["next"])
