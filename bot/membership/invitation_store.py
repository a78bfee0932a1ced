"""Reads which people are invited and have not joined yet, and for which of them an invitation was made."""

from __future__ import annotations

from collections.abc import Sequence

from bot.database.engine import Transaction

_INVITED = "p.attends = 1 AND p.status = 'invited'"
UNPRINTED = "NOT EXISTS (SELECT 1 FROM secrets s WHERE s.participant_id = p.id AND s.purpose = 'invitation')"
"""SQL condition that no invitation was made for a participant `p`."""


async def counts(tx: Transaction) -> tuple[int, int]:
    """Return how many of the invited people who have not joined have an invitation code, and how many have none."""
    [row] = await tx.all(
        f"SELECT COUNT(*) AS invited, SUM(CASE WHEN {UNPRINTED} THEN 1 ELSE 0 END) AS unprinted"
        f" FROM participants p WHERE {_INVITED}"
    )
    unprinted: int = row["unprinted"] or 0
    return row["invited"] - unprinted, unprinted


async def invited(tx: Transaction) -> Sequence[int]:
    """Return the ids of the people who are invited and have not joined."""
    return await tx.values(int, f"SELECT p.id FROM participants p WHERE {_INVITED} ORDER BY p.id")


async def without_invitation(tx: Transaction) -> Sequence[int]:
    """Return the ids of the invited people for whom no invitation code was made."""
    return await tx.values(int, f"SELECT p.id FROM participants p WHERE {_INVITED} AND {UNPRINTED} ORDER BY p.id")
