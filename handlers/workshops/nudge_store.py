"""Who was nudged to say something, and when: not too often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.delivery.delivery_store import MAY_BE_WRITTEN_TO

PAUSE = timedelta(minutes=10)
"""How long someone is left in peace."""


async def in_peace(tx: Transaction, participant_ids: Iterable[int], now: datetime) -> frozenset[int]:
    """Who of some people was nudged lately."""
    rows = await tx.all(
        "SELECT participant_id FROM nudges WHERE at > :since AND at <= :latest",
        since=to_micros(now - PAUSE),
        latest=to_micros(now + PAUSE),  # what lies further ahead was noted under a clock that was wrong
    )
    return frozenset(row["participant_id"] for row in rows) & frozenset(participant_ids)


async def reachable(tx: Transaction, participant_ids: Iterable[int]) -> Sequence[int]:
    """Who of some people takes a message in private that they did not ask for, in the order given."""
    found: list[int] = []
    for participant_id in participant_ids:
        row = await tx.one(
            "SELECT 1 AS found FROM participants p WHERE p.id = :id AND p.stopped = 0 AND EXISTS (SELECT 1"
            f" FROM accounts b WHERE b.participant_id = p.id AND b.unreachable = 0 AND ({MAY_BE_WRITTEN_TO}))",
            id=participant_id,
        )
        if row:
            found.append(participant_id)
    return found


async def note(tx: Transaction, participant_ids: Iterable[int], now: datetime) -> None:
    """Some people are being nudged."""
    await tx.many(
        "INSERT INTO nudges (participant_id, at) VALUES (:id, :now)"
        " ON CONFLICT (participant_id) DO UPDATE SET at = :now",
        [{"id": participant_id, "now": to_micros(now)} for participant_id in participant_ids],
    )
