"""Campaigns that end: announcements with a deadline, which nothing asks anybody for once it has passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction

_RUNNING = "kind = 'campaign' AND deadline_at IS NOT NULL AND state <> 'withdrawn'"


async def next_end(tx: Transaction) -> datetime | None:
    """When the first of those that run, or wait, ends; perhaps already. None for none."""
    row = await tx.one(f"SELECT MIN(deadline_at) AS ends FROM announcements WHERE {_RUNNING}")
    return from_micros(row["ends"]) if row and row["ends"] is not None else None


async def ended(tx: Transaction, now: datetime) -> Sequence[int]:
    """The ids of those whose deadline has passed and that still ask, the earliest first."""
    rows = await tx.all(
        f"SELECT id FROM announcements WHERE {_RUNNING} AND deadline_at <= :now ORDER BY deadline_at, id",
        now=to_micros(now),
    )
    return [row["id"] for row in rows]


async def end(tx: Transaction, announcement_id: int) -> None:
    """Have it ask nobody any more; one that waited for its hour never leaves."""
    await tx.run(
        "UPDATE announcements SET kind = 'ended campaign',"
        " state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END,"
        " due_at = CASE WHEN state = 'waiting' THEN NULL ELSE due_at END WHERE id = :id",
        id=announcement_id,
    )
