"""Keeps all calls to Discord below its 50 requests a second, and gives priority to calls whose result a person awaits.

Discord counts every call of a bot together, so that a pace for each kind of work (deliveries, groups' threads, missed
messages) is not enough. Discord does not count responses to interactions; they pass at once. Time is real time here, as
it is for Discord.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import Literal, TypeAlias

import aiohttp

from bot.content.platforms.record import Pace
from bot.delivery.pacer import Departure, Pacer
from bot.metrics import FLOODS
from bot.platforms.discord.reading import PLATFORM

PER_SECOND = 45.0
"""The most calls a second in total: Discord allows 50, and calls may arrive closer together than they were sent."""
MISSED_PER_SECOND = 17.0
"""The most calls a second that fetch missed messages, so that at most 20 arrive at Discord in any second."""

Priority = Literal["prompt", "ordinary", "missed"]
"""What a call is for: «prompt» if a person awaits it, «missed» if it fetches missed messages, otherwise «ordinary»."""

Departures: TypeAlias = Sequence[tuple[Pacer, Departure]]

_UNCOUNTED = ("/interactions/", "/webhooks/")

_priority: ContextVar[Priority] = ContextVar("priority", default="ordinary")


@contextmanager
def with_priority(priority: Priority) -> Iterator[None]:
    """Give a priority to the calls to Discord that are made inside the `with` block, and in tasks started there.

    `priority` is «prompt» for calls whose result a person awaits, «missed» for calls that fetch missed messages,
    «ordinary» for all others.
    """
    token = _priority.set(priority)
    try:
        yield
    finally:
        _priority.reset(token)


class CallGate:
    """Delays calls to Discord so that the bot does not exceed the allowed number of calls a second.

    «prompt» calls, whose result a person awaits, pass before all others. Calls of the same priority pass in order.
    """

    def __init__(self) -> None:
        self._total = Pacer(Pace(PER_SECOND))
        self._missed = Pacer(Pace(MISSED_PER_SECOND))
        self._queues: dict[Priority, asyncio.Lock] = {
            "prompt": asyncio.Lock(),
            "ordinary": asyncio.Lock(),
            "missed": asyncio.Lock(),
        }
        self._prompt = 0
        self._calm = asyncio.Event()
        self._calm.set()

    def trace(self) -> aiohttp.TraceConfig:
        """Return the aiohttp trace that makes every request of discord.py wait for its turn, even a repeated one."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._started)
        trace.on_request_end.append(self._ended)
        trace.on_request_end.append(_count_floods)
        trace.on_request_exception.append(self._ended)
        return trace

    async def _started(
        self, _session: aiohttp.ClientSession, context: SimpleNamespace, call: aiohttp.TraceRequestStartParams
    ) -> None:
        path = call.url.path
        if path.startswith("/api/") and not any(part in path for part in _UNCOUNTED):
            context.departures = await self._pass()

    async def _ended(self, _session: aiohttp.ClientSession, context: SimpleNamespace, _call: object) -> None:
        departures: Departures = getattr(context, "departures", ())
        for pacer, departure in departures:
            pacer.answered(departure, _now())

    async def _pass(self) -> Departures:
        """Wait for the turn of a call. Returns the pacers that counted it, each with its departure."""
        priority = _priority.get()
        if priority == "prompt":
            self._prompt += 1
            self._calm.clear()
        try:
            async with self._queues[priority]:
                if priority == "missed":
                    await self._until_free(self._missed)
                while True:
                    if priority != "prompt":
                        await self._calm.wait()
                    await self._until_free(self._total)
                    if priority == "prompt" or self._calm.is_set():
                        break
                now = _now()
                pacers = (self._total, self._missed) if priority == "missed" else (self._total,)
                return [(pacer, pacer.depart("", now)) for pacer in pacers]
        finally:
            if priority == "prompt":
                self._prompt -= 1
                if not self._prompt:
                    self._calm.set()

    async def _until_free(self, pacer: Pacer) -> None:
        while (wait := (pacer.free_at() - _now()).total_seconds()) > 0:  # noqa: ASYNC110 - a time is waited for
            await asyncio.sleep(wait)


async def _count_floods(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, call: aiohttp.TraceRequestEndParams
) -> None:
    if call.response.status == HTTPStatus.TOO_MANY_REQUESTS:
        FLOODS.count(PLATFORM)


def _now() -> datetime:
    """Return the monotonic time as an instant: setting the machine's clock does not change it."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())
