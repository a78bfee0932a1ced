"""The SQL of people's confirmations that they saw an announcement, or did what a campaign asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction


async def mark_seen(tx: Transaction, announcement_id: int, participant_id: int, now: datetime) -> bool:
    """Store that a participant has seen an announcement, or done what a campaign asks.

    Returns False if that was stored before.
    """
    return bool(
        await tx.run(
            "INSERT INTO acknowledgements (announcement_id, participant_id, at) VALUES (:id, :person, :now)"
            " ON CONFLICT (announcement_id, participant_id) DO NOTHING",
            id=announcement_id,
            person=participant_id,
            now=to_micros(now),
        )
    )


async def who_has_seen(tx: Transaction, announcement_id: int) -> Mapping[int, datetime]:
    """Return, by participant id, when people confirmed that they saw an announcement or did what a campaign asks."""
    rows = await tx.all(
        "SELECT participant_id, at FROM acknowledgements WHERE announcement_id = :id", id=announcement_id
    )
    return {row["participant_id"]: from_micros(row["at"]) for row in rows}


async def count_seen(tx: Transaction, announcement_id: int) -> int:
    """Return how many people confirmed that they saw an announcement, or did what a campaign asks."""
    return await tx.value(int, "SELECT COUNT(*) FROM acknowledgements WHERE announcement_id = :id", id=announcement_id)
