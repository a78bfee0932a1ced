"""Sends scheduled announcements at their time. After an outage they are sent late, and none is lost."""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.announcements import service, store


class ScheduledAnnouncements:
    """Tells the ticker (the loop that does what is due) when scheduled announcements are due, and sends them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing, since the time of a scheduled announcement is stored in the database."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when the first scheduled announcement is due, perhaps in the past; None if none is scheduled."""
        return await store.next_announcement_due(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Enqueue the messages of all announcements that are due. Returns None if none was due."""
        released = await service.release_due_announcements(tx, self._settings, now)
        return Released(released) if released else None
