"""How fast Discord is called in all: below its 50 requests a second, people who wait before everything else.

Discord counts every call of a bot together, whatever it is for, so that the pace of one part (deliveries, groups'
threads, what was missed) says nothing of the sum. All calls pass here. Answers to what people press are not counted
by Discord, and pass freely. Time is real here, as Discord's is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Literal, TypeAlias

import aiohttp

from bot.content.features import Pace
from bot.delivery.pacer import Departure, Pacer

PER_SECOND = 45.0
"""Calls a second in all: Discord takes 50, and some arrive closer together than they left."""
MISSED_PER_SECOND = 17.0
"""Calls a second for what was written while the bot was away: 20 at most may arrive in any second."""

Lane = Literal["prompt", "ordinary", "missed"]
"""Someone waits for it now; nobody does; or it is about what was written while the bot was away."""

Departures: TypeAlias = Sequence[tuple[Pacer, Departure]]

_UNCOUNTED = ("/interactions/", "/webhooks/")

_lane: ContextVar[Lane] = ContextVar("lane", default="ordinary")


@contextmanager
def in_lane(lane: Lane) -> Iterator[None]:
    """Make the calls inside, and those of tasks started inside, in a lane."""
    before = _lane.set(lane)
    try:
        yield
    finally:
        _lane.reset(before)


class CallGate:
    """Where each call waits for its turn: in a lane one after the other, and none while one that is prompt waits."""

    def __init__(self) -> None:
        self._total = Pacer(Pace(PER_SECOND))
        self._missed = Pacer(Pace(MISSED_PER_SECOND))
        self._queues: dict[Lane, asyncio.Lock] = {
            "prompt": asyncio.Lock(),
            "ordinary": asyncio.Lock(),
            "missed": asyncio.Lock(),
        }
        self._prompt = 0
        self._calm = asyncio.Event()
        self._calm.set()

    def trace(self) -> aiohttp.TraceConfig:
        """What makes the calls of the library pass here, those it repeats by itself too."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._started)
        trace.on_request_end.append(self._ended)
        trace.on_request_exception.append(self._ended)
        return trace

    async def _started(
        self, _session: aiohttp.ClientSession, about: SimpleNamespace, call: aiohttp.TraceRequestStartParams
    ) -> None:
        path = call.url.path
        if path.startswith("/api/") and not any(each in path for each in _UNCOUNTED):
            about.departures = await self._pass()

    async def _ended(self, _session: aiohttp.ClientSession, about: SimpleNamespace, _call: object) -> None:
        departures: Departures = getattr(about, "departures", ())
        for pacer, departure in departures:
            pacer.answered(departure, _now())

    async def _pass(self) -> Departures:
        """Wait for the turn of a call; by which pacers it left."""
        lane = _lane.get()
        if lane == "prompt":
            self._prompt += 1
            self._calm.clear()
        try:
            async with self._queues[lane]:
                if lane == "missed":
                    await self._until_free(self._missed)
                while True:
                    if lane != "prompt":
                        await self._calm.wait()
                    await self._until_free(self._total)
                    if lane == "prompt" or self._calm.is_set():
                        break
                now = _now()
                passed = (self._total, self._missed) if lane == "missed" else (self._total,)
                return [(pacer, pacer.take("", now)) for pacer in passed]
        finally:
            if lane == "prompt":
                self._prompt -= 1
                if not self._prompt:
                    self._calm.set()

    async def _until_free(self, pacer: Pacer) -> None:
        while (wait := (pacer.free_at() - _now()).total_seconds()) > 0:  # noqa: ASYNC110 - a time is waited for
            await asyncio.sleep(wait)


def _now() -> datetime:
    """An instant that no setting of the machine's clock moves."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())
