"""The clock of tests, which stands still until it is moved."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import datetime, timedelta


class ManualClock:
    """A clock that stands still until it is moved: for tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._awaited: list[asyncio.Event] = []

    def now(self) -> datetime:
        """Return the instant to which the clock was moved last."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved forward by this number of seconds."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (due, next(self._order), woken))
        for waiting in self._awaited:
            waiting.set()
        await woken

    async def advance_when_asleep(self) -> None:
        """Wait until a task sleeps by this clock, then move time to the end of the first sleep."""
        if not self._sleepers:
            waiting = asyncio.Event()
            self._awaited.append(waiting)
            await waiting.wait()
            self._awaited.remove(waiting)
        await self.advance(self._sleepers[0][0] - self._now)

    @property
    def next_due(self) -> datetime | None:
        """Return the instant at which the first sleep ends; None if no task sleeps."""
        while self._sleepers and self._sleepers[0][2].done():  # cancelled
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    async def advance(self, by: timedelta) -> None:
        """Move time forward, stopping at the end of each sleep so that the woken task runs at its time."""
        target = self._now + by
        while self._sleepers and self._sleepers[0][0] <= target:
            due, _, woken = heapq.heappop(self._sleepers)
            self._now = max(self._now, due)
            if not woken.done():
                woken.set_result(None)
            await asyncio.sleep(0)
        self._now = target
        await asyncio.sleep(0)

    async def jump(self, by: timedelta) -> None:
        """Move time forward in one step, as after the machine was suspended: sleeps that are over end at once."""
        self._now += by
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _due, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
        await asyncio.sleep(0)
