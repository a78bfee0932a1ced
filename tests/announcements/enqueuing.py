"""Enqueues all copies of an announcement at once, for tests that are not about slices."""

from __future__ import annotations

from datetime import datetime

from bot.config.settings import SharedChannel
from bot.database.engine import Transaction
from handlers.announcements.service.releasing import enqueue_some
from handlers.announcements.store.announcements import find_announcement


async def enqueue_all(
    tx: Transaction,
    announcement_id: int,
    now: datetime,
    *,
    due: datetime | None = None,
    channel: SharedChannel | None = None,
) -> None:
    """Enqueue a copy for each recipient of a released announcement, by default due at once."""
    more = True
    while more:
        made = await find_announcement(tx, announcement_id)
        assert made is not None
        await enqueue_some(tx, made, now, due=due or now, channel=channel)
        made = await find_announcement(tx, announcement_id)
        more = made is not None and made.copied_to is not None
