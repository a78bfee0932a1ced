"""Releases scheduled announcements at their hour; an outage delays them and drops none."""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.announcements import service, store


class ScheduledAnnouncements:
    """The source of the ticker that releases scheduled announcements."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: a scheduled announcement has its hour in its row."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """Return when the first scheduled announcement leaves, perhaps already; None where none waits."""
        return await store.next_announcement_due(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Release all announcements whose hour has come; None once none is left."""
        released = await service.release_due_announcements(tx, self._settings, now)
        return Released(released) if released else None
