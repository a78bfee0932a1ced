"""Runs delivery: for each platform a sender and reconcilers, each in only one program at a time.

The program that runs one of them holds a lease for it, the right to do it alone (`bot.background.leases`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog

from bot.background.leases import LeaseLost, lease
from bot.clock import Clock
from bot.config.settings import Settings
from bot.content.features import features_of
from bot.conversation.live_screens import LiveScreens
from bot.database.engine import Store
from bot.delivery import channel_store
from bot.delivery.calendar_resource import CalendarResource
from bot.delivery.channel_resource import ChannelResource, note_offer
from bot.delivery.contributions import Contributions
from bot.delivery.live_screen_updater import LiveScreenUpdater
from bot.delivery.pacer import Pacer
from bot.delivery.platform import Platform
from bot.delivery.reconciler import Reconciler
from bot.delivery.sender import Sender

log = structlog.get_logger()

_AGAIN_AFTER = 5.0


class Delivery:
    """Sends the messages in the outbox, and keeps messages, groups' channels and calendar entries up to date.

    Call `run`, which ends only when cancelled, and `wake` after each commit that may have added rows to the outbox.
    """

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
        """`contributions` are from the capabilities, `live` are the kinds of live screens.

        `pacers` are, by platform, the pacers that the adapters use for their replies too.
        """
        self._store = store
        self._platforms = platforms
        self._settings = settings
        self._clock = clock
        self._contributions = contributions
        self._live = live or {}
        self._pacers = pacers or {}
        self._senders: dict[str, Sender] = {}
        self._updaters: dict[str, LiveScreenUpdater] = {}
        self._reconcilers: dict[tuple[str, str], Reconciler] = {}

    @property
    def tables(self) -> Sequence[str]:
        """Return the names of the tables that say what to send: call `wake` after a commit that changed one of them."""
        calendar = self._contributions.calendar
        return ("deliveries", "screens", "channels", "calendar_entries", *((calendar.table,) if calendar else ()))

    def wake(self) -> None:
        """Make everything that sends look soon for due work. This is cheap: many calls cause one look."""
        for sender in self._senders.values():
            sender.wake()
        for updater in self._updaters.values():
            updater.wake()
        for reconciler in self._reconcilers.values():
            reconciler.wake()

    @property
    def delivering(self) -> Mapping[str, bool]:
        """Return, by platform, whether this program sends to it now; False if another program does."""
        return {name: name in self._senders for name in self._platforms}

    async def run(self) -> None:
        """Send messages on every platform until cancelled; while another program sends, wait until it ends."""
        async with asyncio.TaskGroup() as tasks:
            for platform in self._platforms.values():
                tasks.create_task(self._deliver(platform))
                if platform.name in channel_store.PLATFORMS:
                    tasks.create_task(self._run_leased("channels", platform, self._reconcile_channels))
                if platform.calendar and self._contributions.calendar:
                    tasks.create_task(self._run_leased("calendar", platform, self._reconcile_calendar))

    async def _deliver(self, platform: Platform) -> None:
        while True:
            try:
                async with lease(self._store, self._clock, name=f"delivery:{platform.name}") as held:
                    pacer = self._pacers.get(platform.name) or Pacer(features_of(platform.name).pace)
                    sender = Sender(
                        platform,
                        self._store,
                        self._settings,
                        self._clock,
                        self._contributions,
                        self.wake,
                        held.check,
                        pacer,
                    )
                    updater = LiveScreenUpdater(platform, self._live, self._store, self._settings, self._clock, pacer)
                    self._senders[platform.name], self._updaters[platform.name] = sender, updater
                    try:
                        async with asyncio.TaskGroup() as tasks:
                            tasks.create_task(updater.serve())
                            await sender.serve()
                    finally:
                        del self._senders[platform.name], self._updaters[platform.name]
            except* LeaseLost:  # in a group where the sender noticed it, while the updater ran beside it
                log.warning("delivery.sender_taken_over", platform=platform.name)
            except* Exception:
                log.exception("delivery.sender_failed", platform=platform.name, again_in=_AGAIN_AFTER)
                await self._clock.sleep(_AGAIN_AFTER)

    async def _run_leased(self, what: str, platform: Platform, run: Callable[[Platform], Awaitable[None]]) -> None:
        """Run a service of one platform while holding its lease, and start it again after it failed.

        The name of the lease begins with `what`.
        """
        while True:
            try:
                async with lease(self._store, self._clock, name=f"{what}:{platform.name}"):
                    return await run(platform)
            except LeaseLost:
                log.warning("delivery.reconciler_taken_over", what=what, platform=platform.name)
            except Exception:
                log.exception("delivery.reconciler_failed", what=what, platform=platform.name, again_in=_AGAIN_AFTER)
                await self._clock.sleep(_AGAIN_AFTER)

    async def _reconcile_channels(self, platform: Platform) -> None:
        await note_offer(self._store, platform, self._clock.now())
        draw = self._contributions.channels
        if platform.channels is not None and draw is not None:
            resource = ChannelResource(platform.name, platform.channels, draw, self._store, self._settings, self._clock)
            await self._reconciler("channels", platform).serve(resource)

    async def _reconcile_calendar(self, platform: Platform) -> None:
        source = self._contributions.calendar
        if platform.calendar is not None and source is not None:
            resource = CalendarResource(
                platform.name, platform.calendar, source, self._store, self._settings, self._clock
            )
            await self._reconciler("calendar", platform).serve(resource)

    def _reconciler(self, what: str, platform: Platform) -> Reconciler:
        """Return a new reconciler, which `wake` wakes from now on."""
        reconciler = self._reconcilers[what, platform.name] = Reconciler(platform.name, self._store, self._clock)
        return reconciler
