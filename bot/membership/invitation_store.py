"""Reads who is invited and has not come in yet, and which of them have an invitation."""

from __future__ import annotations

from collections.abc import Sequence

from bot.database.engine import Transaction

_INVITED = "p.attends = 1 AND p.status = 'invited'"
UNPRINTED = "NOT EXISTS (SELECT 1 FROM secrets s WHERE s.participant_id = p.id AND s.purpose = 'invitation')"
"""SQL: no invitation was made for a participant p."""


async def counts(tx: Transaction) -> tuple[int, int]:
    """Return how many of those who were not in yet have an invitation printed, and how many do not."""
    row = await tx.one(
        f"SELECT COUNT(*) AS invited, SUM(CASE WHEN {UNPRINTED} THEN 1 ELSE 0 END) AS unprinted"
        f" FROM participants p WHERE {_INVITED}"
    )
    assert row is not None
    unprinted: int = row["unprinted"] or 0
    return row["invited"] - unprinted, unprinted


async def invited(tx: Transaction) -> Sequence[int]:
    """Return the ids of everyone invited who has not come in yet."""
    rows = await tx.all(f"SELECT p.id FROM participants p WHERE {_INVITED} ORDER BY p.id")
    return [row["id"] for row in rows]


async def without_invitation(tx: Transaction) -> Sequence[int]:
    """Return the ids of everyone invited who has no invitation."""
    rows = await tx.all(f"SELECT p.id FROM participants p WHERE {_INVITED} AND {UNPRINTED} ORDER BY p.id")
    return [row["id"] for row in rows]
