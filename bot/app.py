"""The composition root: the one place where parts are made, wired, started and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.dispatch import Dispatcher
from bot.errors import ConfigError
from bot.platforms.base import Platform
from bot.seeding import seed
from bot.storage.engine import Store, open_store
from handlers import make_router

log = structlog.get_logger()

PARTS = frozenset({"telegram", "discord", "web", "delivery"})
"""What one program can do of the whole; several programs over one PostgreSQL may share it out."""

_LONGEST_PAUSE = 60.0


@dataclass
class House:
    """Everything made and wired, nothing running yet."""

    store: Store
    dispatcher: Dispatcher
    platforms: Mapping[str, Platform]
    clock: Clock

    async def serve(self) -> None:
        """Run every part until cancelled.

        A platform that fails is tried again while the others run; one that is configured wrongly stops alone.
        Raises ConfigError once no platform is left.
        """
        async with asyncio.TaskGroup() as tasks:
            for platform in self.platforms.values():
                tasks.create_task(self._keep(platform))

    async def _keep(self, platform: Platform) -> None:
        pause = 1.0
        while True:
            try:
                await platform.run()
            except ConfigError as error:
                log.error("platform stopped", platform=platform.name, reason=str(error))
                if len(self.platforms) == 1:
                    raise
                return
            except Exception:
                log.exception("platform failed", platform=platform.name, again_in=pause)
            await self.clock.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


@asynccontextmanager
async def build(settings: Settings, *, only: frozenset[str] = PARTS, clock: Clock | None = None) -> AsyncIterator[House]:
    """Make and wire the parts; the store is closed at the end."""
    clock = clock or SystemClock()
    store = await open_store(settings.storage.url)
    try:
        await seed(store, settings)
        dispatcher = Dispatcher(store, make_router(), settings, clock)
        platforms = {p.name: p for p in _platforms(settings, dispatcher, store, clock, only)}
        yield House(store, dispatcher, platforms, clock)
        await dispatcher.close()
    finally:
        await store.close()


def _platforms(settings: Settings, dispatcher: Dispatcher, store: Store, clock: Clock, only: frozenset[str]) -> list[Platform]:
    """The adapters that are wanted and configured; each library is loaded only then."""
    platforms: list[Platform] = []
    if "telegram" in only and settings.telegram.token.get_secret_value():
        from bot.platforms.telegram.adapter import Telegram

        platforms.append(Telegram(settings, dispatcher, store, clock))
    return platforms


async def run(
    settings: Settings,
    *,
    only: frozenset[str] = PARTS,
    clock: Clock | None = None,
    ready: Callable[[House], None] = lambda house: None,
) -> None:
    """Run the house until SIGINT or SIGTERM. Raises ConfigError when nothing could run."""
    async with build(settings, only=only, clock=clock) as house:
        ready(house)
        serving = asyncio.create_task(house.serve())
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
                loop.add_signal_handler(sign, serving.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await serving
