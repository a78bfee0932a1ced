"""Serves the numbers of `bot.metrics` at `/metrics`, for Prometheus, and `/health`, on an address of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from time import perf_counter

import structlog
from aiohttp import web

from bot import metrics
from bot.background import job_store
from bot.clock import Clock
from bot.config.settings import MetricsSettings
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.delivery.waiting_store import Backlog, backlogs
from bot.monitoring.health import Health
from bot.monitoring.namelessness import name_no_version

log = structlog.get_logger()

_FORMAT = "text/plain; version=1.0.0; charset=utf-8"
_STORE_ASKED_EVERY = timedelta(seconds=5)
"""The greatest age of numbers from the database, which is not asked more often, however many ask the endpoint."""
_LAG_EVERY = 0.1
"""Seconds of real time between two measurements of how late the program wakes up."""
_DEFECTS = ("failed", "not_saved")
"""The outcomes of updates about which alerts notify somebody if their numbers rise."""
_IDLE = 20.0
"""Seconds of real time after which a connection is closed on which no request comes, or only a part of its head."""
_NOTHING_DUE = Backlog("", 0, 0, 0, None)


class Endpoint:
    """The server that tells a monitoring system this program's figures, and whether the program is healthy."""

    def __init__(
        self, settings: MetricsSettings, store: Store, clock: Clock, platforms: Collection[str], health: Health
    ) -> None:
        """`platforms` are the names of the platforms for which messages may wait in the outbox."""
        self._settings = settings
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self._health = health
        self._asked: datetime | None = None
        self._asking = asyncio.Lock()
        self.address: tuple[str, int] | None = None
        """Host and port, once the server listens."""
        self.listening = asyncio.Event()
        """Set while the server listens."""

    async def run(self) -> None:
        """Serve the program's figures and health until cancelled. Raises OSError if the address cannot be used."""
        for platform in self._platforms:
            for outcome in _DEFECTS:
                metrics.UPDATES.begin(platform, outcome)
        app = web.Application()
        app.add_routes([web.get("/metrics", self._tell), *self._health.routes()])
        name_no_version()
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=_IDLE)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._settings.host, self._settings.port)
            await site.start()
            host, port, *_rest = runner.addresses[0]
            self.address = (host, port)
            self.listening.set()
            log.info("monitoring.serving", host=host, port=port)
            await _measure_lag()
        finally:
            self.listening.clear()
            await runner.cleanup()

    async def _tell(self, _request: web.Request) -> web.Response:
        async with self._asking:
            now = self._clock.now()
            if self._asked is None or not timedelta() <= now - self._asked < _STORE_ASKED_EVERY:
                self._asked = now
                metrics.FILES_UP.put(0 if await self._health.files_away() else 1)
                await self._ask_store(now)
        return web.Response(body=metrics.exposition(), headers={"Content-Type": _FORMAT})

    async def _ask_store(self, now: datetime) -> None:
        """Set the numbers that only the store knows; if it does not answer, the earlier numbers stay."""

        async def unit(tx: Transaction) -> tuple[float, dict[str, Backlog], int]:
            began = perf_counter()
            jobs = await job_store.count(tx)  # a few rows at most: nearly all of the time is the way there and back
            took = perf_counter() - began
            return took, {backlog.platform: backlog for backlog in await backlogs(tx, now)}, jobs

        try:
            took, waiting, jobs = await self._store.read(unit)
        except StoreUnavailable:
            metrics.DATABASE_UP.put(0)
            return
        metrics.DATABASE_UP.put(1)
        metrics.DATABASE_ROUND_TRIP.put(took)
        metrics.JOBS_WAITING.put(jobs)
        for platform in self._platforms:
            backlog = waiting.get(platform, _NOTHING_DUE)
            metrics.OUTBOX.put(backlog.due, platform, "due")
            metrics.OUTBOX.put(backlog.later, platform, "later")
            metrics.OUTBOX.put(backlog.sending, platform, "sending")
            oldest = backlog.oldest or now
            metrics.OUTBOX_OLDEST.put((now - oldest).total_seconds(), platform)


async def _measure_lag() -> None:
    """Note again and again how late the program wakes up, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _LAG_EVERY
        await asyncio.sleep(_LAG_EVERY)
        metrics.LOOP_LAG.observe(loop.time() - due)
