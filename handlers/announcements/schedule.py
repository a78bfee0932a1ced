"""Sends scheduled announcements at their time; after an outage they are sent late, and none is lost."""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.announcements import service, store


class ScheduledAnnouncements:
    """The source from which the ticker learns when scheduled announcements are due."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: the time of a scheduled announcement is stored with it."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when the first scheduled announcement is due, perhaps in the past; None if none is scheduled."""
        return await store.next_announcement_due(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Release all announcements that are due: their copies are enqueued. Returns None if none was due."""
        released = await service.release_due_announcements(tx, self._settings, now)
        return Released(released) if released else None
