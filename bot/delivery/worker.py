"""The way out: for each platform one courier, in one program at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from bot.background.leases import LeaseLost, lease
from bot.clock import Clock
from bot.config.settings import Settings
from bot.conversation.live_screens import LiveScreens
from bot.database.engine import Store
from bot.delivery import space_store
from bot.delivery.contributions import Contributions
from bot.delivery.courier import Courier
from bot.delivery.keeper import Keeper
from bot.delivery.listings import Listings
from bot.delivery.pacer import Pacer
from bot.delivery.painter import Painter
from bot.delivery.places import Places, note_offer
from bot.delivery.platform import Platform

log = structlog.get_logger()

_AGAIN_AFTER = 5.0


class Delivery:
    """Sends what the outbox holds. `run` until cancelled; `wake` after each commit that may have added to it."""

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        settings: Settings,
        clock: Clock,
        contributions: Contributions,
        live: LiveScreens | None = None,
        pacers: Mapping[str, Pacer] | None = None,
    ) -> None:
        """`contributions` are the capabilities', `live` the kinds of screens.

        `pacers` are those that adapters take turns at as well.
        """
        self._store = store
        self._platforms = platforms
        self._settings = settings
        self._clock = clock
        self._contributions = contributions
        self._live = live or {}
        self._pacers = pacers or {}
        self._couriers: dict[str, Courier] = {}
        self._painters: dict[str, Painter] = {}

    def wake(self) -> None:
        """Something may be due now. Cheap, and many calls make one look."""
        for courier in self._couriers.values():
            courier.wake()
        for painter in self._painters.values():
            painter.wake()

    async def run(self) -> None:
        """Deliver on every platform until cancelled; where another program does, wait for it to end."""
        async with asyncio.TaskGroup() as tasks:
            for platform in self._platforms.values():
                tasks.create_task(self._keep_delivering(platform))
                if platform.name in space_store.PLATFORMS:
                    tasks.create_task(self._keep("spaces", platform, self._keep_spaces))
                if platform.calendar and self._contributions.calendar:
                    tasks.create_task(self._keep("calendar", platform, self._keep_calendar))

    async def _keep_delivering(self, platform: Platform) -> None:
        while True:
            try:
                async with lease(self._store, self._clock, name=f"delivery:{platform.name}"):
                    pacer = self._pacers.get(platform.name)
                    courier = Courier(
                        platform, self._store, self._settings, self._clock, self._contributions, self.wake, pacer
                    )
                    painter = Painter(platform, self._live, self._store, self._settings, self._clock)
                    self._couriers[platform.name], self._painters[platform.name] = courier, painter
                    async with asyncio.TaskGroup() as tasks:
                        tasks.create_task(painter.serve())
                        await courier.serve()
            except LeaseLost:
                log.warning("delivery.sender_taken_over", platform=platform.name)
            except Exception:
                log.exception("delivery.sender_failed", platform=platform.name, again_in=_AGAIN_AFTER)
                await self._clock.sleep(_AGAIN_AFTER)

    async def _keep(self, what: str, platform: Platform, keep: Callable[[Platform], Awaitable[None]]) -> None:
        while True:
            try:
                async with lease(self._store, self._clock, name=f"{what}:{platform.name}"):
                    return await keep(platform)
            except LeaseLost:
                log.warning("delivery.reconciler_taken_over", what=what, platform=platform.name)
            except Exception:
                log.exception("delivery.reconciler_failed", what=what, platform=platform.name, again_in=_AGAIN_AFTER)
                await self._clock.sleep(_AGAIN_AFTER)

    async def _keep_spaces(self, platform: Platform) -> None:
        await note_offer(self._store, platform, self._clock.now())
        draw = self._contributions.channels
        if platform.spaces is not None and draw is not None:
            places = Places(platform.name, platform.spaces, draw, self._store, self._settings, self._clock)
            await Keeper(platform.name, self._clock).serve(places)

    async def _keep_calendar(self, platform: Platform) -> None:
        source = self._contributions.calendar
        if platform.calendar is not None and source is not None:
            entries = Listings(platform.name, platform.calendar, source, self._store, self._settings, self._clock)
            await Keeper(platform.name, self._clock).serve(entries)
