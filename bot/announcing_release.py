"""Announcements for later, released by the ticker at their hour; an outage delays them and drops none."""

from __future__ import annotations

from datetime import datetime

from bot import announcing
from bot.config import Settings
from bot.scheduling import Released
from bot.storage import announcements
from bot.storage.engine import Transaction


class ScheduledAnnouncements:
    """What the ticker releases at the time of the earliest announcement that waits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Nothing is to be put in order: what waits has its hour in its row."""

    async def next_due(self, tx: Transaction, _now: datetime) -> datetime | None:
        """When the first that waits leaves, perhaps already."""
        return await announcements.next_due(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Release all whose hour has come; None once none is left."""
        released = await announcing.release_due(tx, self._settings, now)
        return Released(released) if released else None
