"""Keeps the live screens on one platform up to date: draws those that may have changed, edits those that did.

A live screen is a message that is edited whenever what it shows changes, like a progress bar.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.clock import Clock, sleep_unless
from bot.config.settings import Settings
from bot.content import i18n
from bot.content.errors import MessageGone, PlatformError, RetryLater
from bot.content.features import features_of
from bot.content.texts import Reader, _
from bot.content.views import View, as_read
from bot.conversation import live_screen_store
from bot.conversation.live_screen_store import Screen
from bot.conversation.live_screens import LiveScreens
from bot.database.engine import Store, StoreUnavailable
from bot.delivery.platform import Address, Platform
from bot.logs import under_reference

log = structlog.get_logger()

_EVERY_ON_PAGES = timedelta(seconds=0.5)
"""The shortest time between two edits of one screen on a personal page, which no platform limits."""
_LOOK_EVERY = timedelta(seconds=5)
_AT_ONCE = 16
_AFTER_A_DEFECT = timedelta(seconds=30)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class LiveScreenUpdater:
    """Keeps the live screens on one platform up to date, for as long as this program holds the platform's lease."""

    def __init__(self, platform: Platform, kinds: LiveScreens, store: Store, settings: Settings, clock: Clock) -> None:
        self._platform = platform
        self._kinds = kinds
        self._store = store
        self._features = features_of(platform.name)
        self._gathering = settings.gathering
        self._clock = clock
        self._due = _LONG_AGO
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Make `serve` look soon whether a screen has to be updated. Cheap: many calls cause one look."""
        if self._due > _LONG_AGO:
            self._due = _LONG_AGO
            self._woken.set()

    async def serve(self) -> None:
        """Update screens until cancelled."""
        name = self._platform.name
        interrupted = True
        while True:
            self._woken.clear()
            now = self._clock.now()
            # Set before the store is read, so that a wake-up meanwhile can bring it forward.
            self._due = now + self._store.pause(_LOOK_EVERY)
            try:
                if interrupted:
                    await self._store.transact(lambda tx: live_screen_store.take_up_again(tx, name))
                    interrupted = False
                screens = await self._store.read(lambda tx, now=now: live_screen_store.behind(tx, name, now, _AT_ONCE))  # type: ignore[misc]
                for screen in screens:
                    with under_reference(screen.reference):
                        await self._update(screen)
                due = await self._store.read(lambda tx: live_screen_store.next_due(tx, name))
                self._due = min(self._due, due or self._due)
            except StoreUnavailable as error:
                log.warning("delivery.screens_waiting", platform=name, reason=str(error))
                interrupted = True
            await sleep_unless(self._clock, (self._due - self._clock.now()).total_seconds(), self._woken)

    async def _update(self, screen: Screen) -> None:
        """Update one screen; after a failure it is tried again later.

        The screen is stored as up to date before it is drawn: a change meanwhile then marks it as outdated again.
        """
        about = {"platform": self._platform.name, "screen": screen.key}
        now = self._clock.now()
        every = self._kinds[screen.kind].every
        if self._features.own_page:
            every = min(every, _EVERY_ON_PAGES)
        again = now + every
        await self._store.transact(lambda tx: live_screen_store.begin(tx, screen, again))
        try:
            shown = await self._show(screen, now) if self._may_read(screen) else None
            if shown is None and screen.native_id:
                await self._remove(screen)
        except RetryLater as error:
            again = max(again, now + timedelta(seconds=error.seconds or 0.0))
            await self._store.transact(lambda tx: live_screen_store.postpone(tx, screen, again))
        except MessageGone:
            # Its reader deleted the message: it is not sent again.
            await self._store.transact(lambda tx: live_screen_store.drop(tx, screen))
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
            again = self._clock.now() + every  # counted from its arrival, as the next edit may be faster
            await self._store.transact(lambda tx: live_screen_store.note(tx, screen, native_id, digest, again))
            if screen.to_pin and not (screen.pinned and native_id == screen.native_id):
                await self._pin(screen, native_id)

    async def _remove(self, screen: Screen) -> None:
        """Delete the message of a screen that is over, or that its reader may not see any more.

        Where the platform does not allow that, the message is edited to show nothing any more.
        """
        address = Address(screen.chat)
        if not await self._platform.delete(address, screen.native_id):
            locale = i18n.negotiate((screen.locale, screen.account_locale), self._gathering.locales)
            over = View((_("This is over: nothing is shown here any more."),))
            await self._platform.edit(address, screen.native_id, over, Reader(locale, self._gathering.zone))

    async def _pin(self, screen: Screen, native_id: str) -> None:
        """Pin a screen's message at the top of its chat.

        A refusal is final; where the platform asks to wait, the next update of the screen tries again.
        """
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

    def _may_read(self, screen: Screen) -> bool:
        """Return whether the screen's reader still has the role that the screen is for."""
        return screen.role >= self._kinds[screen.kind].who

    async def _show(self, screen: Screen, now: datetime) -> tuple[str, str] | None:
        """Send or edit a screen's message. Returns its native id and a digest of its content, None if it is over."""
        kind = self._kinds[screen.kind]
        view = await self._store.read(lambda tx: kind.draw(tx, screen.subject, now))
        if view is None:
            return None
        view = replace(view, who=kind.who)
        locale = i18n.negotiate((screen.locale, screen.account_locale), self._gathering.locales)
        address, reader = Address(screen.chat), Reader(locale, self._gathering.zone)
        digest = as_read(view, reader)
        if not screen.native_id:
            # A negative key, apart from those of deliveries: a platform that drops repeats shows it once after a crash.
            return await self._platform.send(address, view, reader, delivery_id=-screen.id), digest
        if digest == screen.digest:
            return screen.native_id, digest
        return await self._platform.edit(address, screen.native_id, view, reader), digest
