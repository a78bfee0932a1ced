"""Sends scheduled announcements at their time. After an outage they are sent late, and none is lost.

The messages of an announcement to very many people are enqueued, changed or called back step by step.
"""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.conversation import live_screens
from bot.database.engine import Transaction
from handlers.announcements import service
from handlers.announcements.progress import screen_of
from handlers.announcements.store import announcements, unfinished


class ScheduledAnnouncements:
    """Tells the ticker (the loop that does what is due) when scheduled announcements are due, and sends them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing, since the time of a scheduled announcement is stored in the database."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when the first announcement is due, perhaps in the past; None if none is scheduled.

        One of which not all messages are enqueued, changed or called back is due.
        """
        dues = (await announcements.next_announcement_due(tx), await unfinished.unfinished_since(tx))
        return min((due for due in dues if due is not None), default=None)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Enqueue messages of the first announcement that is due, or go on with one. Returns None if none is due."""
        if await service.release_due_announcement(tx, self._settings, now):
            return Released(1)
        announcement = await service.go_on(tx, self._settings, now)
        if announcement is None:
            return None
        if not announcement.is_unfinished:
            await live_screens.touch(tx, screen_of(announcement.id))
        return Released()
