"""The time of a crawl: the same in each, and it moves only where somebody waits for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.clock import ShiftedClock

_BEGINS = datetime(2035, 3, 5, 9, tzinfo=UTC)
"""A Monday morning: what is done at night or at an hour is so in every crawl at the same step."""


_PATIENCE = 2.0
"""Seconds of real time beyond its own that a sleep waits for others to move the clock, before it moves it itself."""


class CrawlClock(ShiftedClock):
    """A clock that begins at the same instant each time, and stands still until somebody moves it.

    That is who crawls, or a sleep that nobody else ends. So what carries a time, and how often something is put off,
    hardly hangs on how fast the machine is.
    """

    def now(self) -> datetime:
        """Return the beginning of all crawls and what the clock was moved since (aware, UTC)."""
        return _BEGINS + self._shift

    async def sleep(self, seconds: float) -> None:
        """Wait until this clock shows so many seconds later."""
        until = self.now() + timedelta(seconds=seconds)
        while (left := until - self.now()) > timedelta():
            moved = asyncio.create_task(self._moved.wait())
            try:
                await asyncio.wait({moved}, timeout=left.total_seconds() + _PATIENCE)
            finally:
                moved.cancel()
            if not moved.done():
                self.advance(max(until - self.now(), timedelta()))
