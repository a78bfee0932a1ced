"""Stores who reported which idea as out of place."""

from __future__ import annotations

from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction


async def report_idea(tx: Transaction, idea_id: int, participant_id: int, now: datetime) -> bool:
    """Store that a participant reports an idea as out of place. Returns False if the participant had done so before."""
    return bool(
        await tx.run(
            "INSERT INTO idea_reports (idea_id, participant_id, at) VALUES (:idea, :person, :now)"
            " ON CONFLICT DO NOTHING",
            idea=idea_id,
            person=participant_id,
            now=to_micros(now),
        )
    )


async def reported_before(tx: Transaction, participant_id: int, back: int) -> datetime | None:
    """Return when a participant made one of their last reports: `back` is 1 for the last, 2 for the one before.

    Returns None if the participant has made fewer reports.
    """
    return await tx.value_or_none(
        datetime,
        "SELECT at FROM idea_reports WHERE participant_id = :person ORDER BY at DESC LIMIT 1 OFFSET :before",
        person=participant_id,
        before=back - 1,
    )


async def has_reported(tx: Transaction, idea_id: int, participant_id: int) -> bool:
    """Return whether a person has reported an idea."""
    return await tx.exists(
        "SELECT 1 FROM idea_reports WHERE idea_id = :idea AND participant_id = :person",
        idea=idea_id,
        person=participant_id,
    )
