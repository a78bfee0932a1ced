"""Who is known not to be where the gathering is: they live by the clocks of their home. A day is a local date, ISO."""

from __future__ import annotations

from bot.database.engine import Transaction

AWAY = (
    "(p.status <> 'joined' OR EXISTS"
    " (SELECT 1 FROM attendance aw WHERE aw.participant_id = p.id AND aw.day = :today AND aw.present = 0))"
)
"""Whether a participant p is known not to be there on the day `:today`: not coming, or marked absent."""


async def is_away(tx: Transaction, participant_id: int, day: str) -> bool:
    """Whether someone is known not to be where the gathering is on a day."""
    row = await tx.one(
        f"SELECT 1 AS found FROM participants p WHERE p.id = :id AND {AWAY}", id=participant_id, today=day
    )
    return row is not None
