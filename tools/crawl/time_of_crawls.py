"""The time of a crawl: it begins at the same instant in each crawl, and moves only when somebody waits."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.clock import ShiftedClock

_BEGINS = datetime(2035, 3, 5, 9, tzinfo=UTC)
"""A Monday morning: what is done at night or at an hour is so in every crawl at the same step."""


_PATIENCE = 2.0
"""Seconds of real time beyond its own that a sleep waits for others to move the clock, before it moves it itself."""


class CrawlClock(ShiftedClock):
    """A clock that always begins at the same instant, and stands still until a crawler or a sleep moves it.

    So payloads that contain a time, and the number of postponements, hardly depend on the machine's speed.
    """

    def now(self) -> datetime:
        """Return the beginning of all crawls plus the time by which the clock was moved (aware, UTC)."""
        return _BEGINS + self._shift

    async def sleep(self, seconds: float) -> None:
        """Wait until this clock is `seconds` later."""
        until = self.now() + timedelta(seconds=seconds)
        while (left := until - self.now()) > timedelta():
            moved = asyncio.create_task(self._moved.wait())
            try:
                await asyncio.wait({moved}, timeout=left.total_seconds() + _PATIENCE)
            finally:
                moved.cancel()
            if not moved.done():
                self.advance(max(until - self.now(), timedelta()))
