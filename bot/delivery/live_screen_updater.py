"""One platform's screens: each that is behind is drawn anew, and edited if that changed it, not more than it may be."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.clock import Clock, sleep_unless
from bot.config.settings import Settings
from bot.content import i18n
from bot.content.errors import MessageGone, PlatformError, RetryLater
from bot.content.texts import Reader, _
from bot.content.views import View, as_read
from bot.conversation import live_screen_store
from bot.conversation.live_screen_store import Screen
from bot.conversation.live_screens import LiveScreens
from bot.database.engine import Store, StoreUnavailable
from bot.delivery.platform import Address, Platform
from bot.logs import under_reference

log = structlog.get_logger()

EVERY = timedelta(seconds=3)
"""At most so often a screen changes."""
_LOOK_EVERY = timedelta(seconds=5)
_AT_ONCE = 16
_AFTER_A_DEFECT = timedelta(seconds=30)
_NOW = datetime(1970, 1, 1, tzinfo=UTC)


class LiveScreenUpdater:
    """Keeps the screens on one platform up to date, for as long as this program holds the lease."""

    def __init__(self, platform: Platform, kinds: LiveScreens, store: Store, settings: Settings, clock: Clock) -> None:
        self._platform = platform
        self._kinds = kinds
        self._store = store
        self._gathering = settings.gathering
        self._clock = clock
        self._due = _NOW
        self._stirred = asyncio.Event()

    def wake(self) -> None:
        """A screen may be behind. Cheap, and many calls make one look."""
        if self._due > _NOW:
            self._due = _NOW
            self._stirred.set()

    async def serve(self) -> None:
        """Bring screens up to date until cancelled."""
        name = self._platform.name
        interrupted = True
        while True:
            self._stirred.clear()
            now = self._clock.now()
            self._due = now + _LOOK_EVERY  # before the store is asked: whoever wakes us meanwhile brings it forward
            try:
                if interrupted:
                    await self._store.transact(lambda tx: live_screen_store.take_up_again(tx, name))
                    interrupted = False
                behind = await self._store.read(lambda tx, now=now: live_screen_store.behind(tx, name, now, _AT_ONCE))  # type: ignore[misc]
                for screen in behind:
                    with under_reference(screen.reference):
                        await self._bring(screen)
                due = await self._store.read(lambda tx: live_screen_store.next_due(tx, name))
                self._due = min(self._due, due or self._due)
            except StoreUnavailable as error:
                log.warning("delivery.screens_waiting", platform=name, reason=str(error))
                interrupted = True
            await sleep_unless(self._clock, (self._due - self._clock.now()).total_seconds(), self._stirred)

    async def _bring(self, screen: Screen) -> None:
        """Bring one up to date; what fails is put off.

        It is noted as up to date before it is drawn: what changes meanwhile makes it behind, and need not look twice.
        """
        about = {"platform": self._platform.name, "screen": screen.key}
        now = self._clock.now()
        again = now + EVERY
        await self._store.transact(lambda tx: live_screen_store.begin(tx, screen, again))
        try:
            shown = await self._paint(screen, now) if self._is_for(screen) else None
            if shown is None and screen.native_id:
                await self._take_away(screen)
        except RetryLater as error:
            again = max(again, now + timedelta(seconds=error.seconds or 0.0))
            await self._store.transact(lambda tx: live_screen_store.postpone(tx, screen, again))
        except MessageGone:
            await self._store.transact(
                lambda tx: live_screen_store.drop(tx, screen)
            )  # deleted by who had it: not sent again
        except PlatformError as error:
            log.warning("delivery.screen_refused", **about, reason=str(error))
            await self._store.transact(lambda tx: live_screen_store.drop(tx, screen))
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("delivery.screen_failed", **about)
            await self._store.transact(lambda tx: live_screen_store.postpone(tx, screen, now + _AFTER_A_DEFECT))
        else:
            if shown is None:
                await self._store.transact(lambda tx: live_screen_store.drop(tx, screen))
                return
            native_id, digest = shown
            again = self._clock.now() + EVERY  # from when it is seen: the next may take less time to draw and to send
            await self._store.transact(lambda tx: live_screen_store.note(tx, screen, native_id, digest, again))
            if screen.to_pin and not (screen.pinned and native_id == screen.native_id):
                await self._pin(screen, native_id)

    async def _take_away(self, screen: Screen) -> None:
        """What nobody follows any more, or not they, goes; where the platform keeps it, it shows nothing any more."""
        address = Address(screen.chat)
        if not await self._platform.delete(address, screen.native_id):
            locale = i18n.negotiate((screen.locale, screen.account_locale), self._gathering.locales)
            over = View((_("This is over: nothing is shown here any more."),))
            await self._platform.edit(address, screen.native_id, over, Reader(locale, self._gathering.zone))

    async def _pin(self, screen: Screen, native_id: str) -> None:
        """Keep one in sight. Refused for good it stays a message like others; put off, its next state tries again."""
        about = {"platform": self._platform.name, "screen": screen.key}
        try:
            await self._platform.pin(Address(screen.chat), native_id)
        except RetryLater as error:
            log.info("delivery.pin_postponed", **about, reason=str(error))
            return
        except PlatformError as error:
            log.warning("delivery.pin_refused", **about, reason=str(error))
        except Exception:
            log.exception("delivery.pin_failed", **about)
        await self._store.transact(lambda tx: live_screen_store.note_pinned(tx, screen))

    def _is_for(self, screen: Screen) -> bool:
        """Whether its reader may still see what it shows."""
        return screen.role >= self._kinds[screen.kind].who

    async def _paint(self, screen: Screen, now: datetime) -> tuple[str, str] | None:
        """Show what is to be seen now: the message's id, and what tells this state from others. None: nothing is."""
        kind = self._kinds[screen.kind]
        view = await self._store.read(lambda tx: kind.draw(tx, screen.subject, now))
        if view is None:
            return None
        view = replace(view, who=kind.who)
        locale = i18n.negotiate((screen.locale, screen.account_locale), self._gathering.locales)
        address, reader = Address(screen.chat), Reader(locale, self._gathering.zone)
        digest = as_read(view, reader)
        if not screen.native_id:
            # A key of its own, apart from those of deliveries: sent again after a crash, it is there once.
            return await self._platform.send(address, view, reader, delivery_id=-screen.id), digest
        if digest == screen.digest:
            return screen.native_id, digest
        return await self._platform.edit(address, screen.native_id, view, reader), digest
