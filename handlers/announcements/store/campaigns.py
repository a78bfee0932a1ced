"""The SQL that ends campaigns, which are announcements with a deadline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction

_RUNNING = "kind = 'campaign' AND deadline_at IS NOT NULL AND state <> 'withdrawn'"


async def next_campaign_end(tx: Transaction) -> datetime | None:
    """Return the earliest deadline of the campaigns that were not ended yet; None if there are no such campaigns.

    The deadline may have passed.
    """
    return await tx.value_or_none(datetime, f"SELECT MIN(deadline_at) FROM announcements WHERE {_RUNNING}")


async def ended_campaigns(tx: Transaction, now: datetime) -> Sequence[int]:
    """Return the ids of the campaigns whose deadline has passed and that were not ended yet, the earliest first."""
    return await tx.values(
        int,
        f"SELECT id FROM announcements WHERE {_RUNNING} AND deadline_at <= :now ORDER BY deadline_at, id",
        now=to_micros(now),
    )


async def end_campaign(tx: Transaction, announcement_id: int) -> None:
    """Mark a campaign as over, and cancel it if it was scheduled. No further messages are enqueued.

    Its messages and its reminders are marked as still to be changed.
    """
    await tx.run(
        "UPDATE announcements SET kind = 'ended campaign', revision = revision + 1, copied_to = NULL,"
        " changed_to = 0, closed_to = 0,"
        " state = CASE WHEN state = 'waiting' THEN 'cancelled' ELSE state END,"
        " due_at = CASE WHEN state = 'waiting' THEN NULL ELSE due_at END WHERE id = :id",
        id=announcement_id,
    )
