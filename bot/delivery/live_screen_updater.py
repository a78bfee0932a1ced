"""Keeps the live screens on one platform up to date: redraws those that may have changed, edits those that did.

A live screen is a message that is edited whenever what it shows changes, like a progress bar.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from bot.clock import Clock, sleep_unless
from bot.config.settings import Settings
from bot.content import i18n
from bot.content.errors import MessageGone, PlatformError, RetryLater
from bot.content.features import features_of
from bot.content.roles import allows
from bot.content.texts import Reader, _
from bot.content.views import View, as_read
from bot.conversation import live_screen_store
from bot.conversation.live_screen_store import Screen
from bot.conversation.live_screens import LiveScreen, LiveScreens
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.delivery.pacer import Departure, Pacer
from bot.delivery.platform import Address, Platform
from bot.logs import under_reference

log = structlog.get_logger()

_EVERY_ON_PAGES = timedelta(seconds=0.5)
"""The shortest time between two edits of one screen on a personal page, which no platform limits."""
_LOOKED_AT_EVERY = timedelta(seconds=0.5)
"""The shortest time until a screen is drawn again that did not change when it was last drawn."""
_LOOK_EVERY = timedelta(seconds=5)
_AT_ONCE = 16
_AFTER_A_DEFECT = timedelta(seconds=30)
_GIVES_WAY = timedelta(milliseconds=3)
"""How much later than the limits allow a screen is sent, so that messages and replies that wait are sent before it."""
_BETWEEN = timedelta(milliseconds=10)
"""The shortest time between two messages, even on a platform without limits, so that presses are answered too."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def _show_nothing(_tx: Transaction, _subject: str, _now: datetime) -> View | None:
    return None


class LiveScreenUpdater:
    """Keeps live screens on one platform up to date: messages that are edited when their content changes.

    Up to sixteen are updated at once. They share the platform's limits with all other messages. Different screens take
    turns.
    """

    def __init__(
        self,
        platform: Platform,
        kinds: LiveScreens,
        store: Store,
        settings: Settings,
        clock: Clock,
        pacer: Pacer,
    ) -> None:
        """`pacer` is the pacer that the platform's deliveries use too."""
        self._platform = platform
        self._kinds = {**kinds, live_screen_store.RETIRED: LiveScreen(_show_nothing)}
        self._store = store
        self._features = features_of(platform.name)
        self._gathering = settings.gathering
        self._clock = clock
        self._pacer = pacer
        self._first_in_line = asyncio.Lock()
        self._next_turn = _LONG_AGO
        self._due = _LONG_AGO
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Make `serve` look soon for live screens to update. This is cheap: many calls cause one look."""
        if self._due > _LONG_AGO:
            self._due = _LONG_AGO
            self._woken.set()

    async def serve(self) -> None:
        """Update the live screens on the platform until cancelled."""
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
                screens, due = await self._store.read(partial(self._look, now=now))
                if screens:
                    await self._update_all(screens, now)
                    due = await self._store.read(lambda tx: live_screen_store.next_due(tx, name))
                self._due = min(self._due, due or self._due)
            except* StoreUnavailable as errors:
                log.warning("delivery.screens_waiting", platform=name, reason=str(errors.exceptions[0]))
                interrupted = True
            await sleep_unless(self._clock, (self._due - self._clock.now()).total_seconds(), self._woken)

    async def _look(self, tx: Transaction, now: datetime) -> tuple[Sequence[Screen], datetime | None]:
        """Return the outdated screens that may be updated now, and when the first of all may be; None for no screen.

        Every commit causes a look, and mostly no screen is outdated: that takes one statement.
        """
        name = self._platform.name
        due = await live_screen_store.next_due(tx, name)
        if due is None or due > now:
            return (), due
        return await live_screen_store.behind(tx, name, now, _AT_ONCE), due

    async def _update_all(self, screens: Sequence[Screen], now: datetime) -> None:
        """Update some screens, each drawn once for all who are shown it. Raises StoreUnavailable in a group.

        They are stored as up to date before they are drawn: a change meanwhile then marks them as outdated again.
        """
        again = now + min(map(self._every, screens))
        await self._store.transact(lambda tx: live_screen_store.begin(tx, screens, again))
        views: dict[str, View | None] = {}
        failed: set[str] = set()
        for screen in screens:
            if screen.key not in views and screen.key not in failed:
                with under_reference(screen.reference):
                    try:
                        views[screen.key] = await self._draw(screen, now)
                    except StoreUnavailable:
                        raise
                    except Exception:
                        log.exception("delivery.screen_failed", **self._about(screen))
                        failed.add(screen.key)
        await self._postpone([screen for screen in screens if screen.key in failed], now + _AFTER_A_DEFECT)
        async with asyncio.TaskGroup() as tasks:
            for screen in screens:
                if screen.key in views:
                    tasks.create_task(self._update(screen, views[screen.key], now))

    async def _draw(self, screen: Screen, now: datetime) -> View | None:
        kind = self._kinds[screen.kind]
        view = await self._store.read(lambda tx: kind.draw(tx, screen.subject, now))
        return None if view is None else replace(view, who=kind.who)

    async def _update(self, screen: Screen, view: View | None, now: datetime) -> None:
        """Show a view in one message, whose screen is over if that is None; after a failure it is tried again later.

        A new message waits while its chat may get none. An edit waits until the chat may get a message besides: or what
        changes all the time would hold up what is urgent, such as a call for help beside the list of a check.
        """
        edits = bool(screen.native_id)
        messages = 1 if view is None else self._count_messages(screen, view)
        chat_free_at = self._pacer.chat_spare_at if edits else self._pacer.chat_free_at
        free_at = chat_free_at(screen.chat, messages)
        if (view is not None or not edits) and free_at > self._clock.now():
            await self._postpone((screen,), free_at)
            return
        with under_reference(screen.reference):
            try:
                shown = None
                if view is not None and self._may_read(screen):
                    shown = await self._show(screen, view, messages)
                if shown is None and screen.native_id:
                    await self._remove(screen)
            except RetryLater as error:
                self._hold(screen, error)
                again = max(now + self._every(screen), now + timedelta(seconds=error.seconds or 0.0))
                await self._postpone((screen,), again, doubtful=error.doubtful)
            except MessageGone:
                # Its reader deleted the message: it is not sent again.
                await self._store.transact(lambda tx: live_screen_store.drop(tx, screen))
            except PlatformError as error:
                log.warning("delivery.screen_refused", **self._about(screen), reason=str(error))
                await self._store.transact(lambda tx: live_screen_store.drop(tx, screen))
            except StoreUnavailable:
                raise
            except Exception:
                log.exception("delivery.screen_failed", **self._about(screen))
                await self._postpone((replace(screen, digest=""),), now + _AFTER_A_DEFECT)  # what it shows is unknown
            else:
                if shown is None:
                    await self._store.transact(lambda tx: live_screen_store.drop(tx, screen))
                    return
                native_id, digest = shown
                # Counted from its arrival, as the next edit may be faster. What looks as before was not edited.
                again = self._clock.now() + (_LOOKED_AT_EVERY if digest == screen.digest else self._every(screen))
                await self._store.transact(
                    lambda tx: live_screen_store.record_shown(tx, screen, native_id, digest, again)
                )
                if screen.to_pin and not (screen.pinned and native_id == screen.native_id):
                    await self._pin(screen, native_id)

    def _every(self, screen: Screen) -> timedelta:
        """Return the shortest time between two edits of a screen's message."""
        every = self._kinds[screen.kind].every
        return min(every, _EVERY_ON_PAGES) if self._features.own_page else every

    def _about(self, screen: Screen) -> Mapping[str, str]:
        return {"platform": self._platform.name, "screen": screen.key}

    async def _postpone(self, screens: Sequence[Screen], again: datetime, *, doubtful: bool = False) -> None:
        if screens:
            await self._store.transact(lambda tx: live_screen_store.postpone(tx, screens, again, doubtful=doubtful))

    def _hold(self, screen: Screen, error: RetryLater) -> None:
        """Let nothing be sent for as long as the platform asks, to the chat alone if the error may concern no other."""
        if error.seconds is None:
            return
        now = self._clock.now()
        until = now + timedelta(seconds=error.seconds)
        if error.whole_platform or (error.whole_platform is None and not self._pacer.crowded(screen.chat, now)):
            self._pacer.slow_down(now)
            self._pacer.hold(until)
        else:
            self._pacer.hold_chat(screen.chat, until)

    async def _remove(self, screen: Screen) -> None:
        """Delete the message of a screen that is over, or that its reader may not see any more.

        Where the platform does not allow that, the message is unpinned, and edited to show nothing any more.
        """
        address = Address(screen.chat)
        if not await self._platform.delete(address, screen.native_id):
            if screen.pinned:
                await self._platform.unpin(address, screen.native_id)
            over = View((_("This is over: nothing is shown here any more."),))
            await self._platform.edit(address, screen.native_id, over, self._reader(screen))

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
        return allows(self._kinds[screen.kind].who, screen.rung, screen.roles)

    def _reader(self, screen: Screen) -> Reader:
        locale = i18n.negotiate((screen.locale, screen.account_locale), self._gathering.locales)
        return Reader(locale, self._gathering.zone)

    def _count_messages(self, screen: Screen, view: View) -> int:
        """Return as how many messages the platform counts a screen to show, as far as it counts any in a chat."""
        if not self._features.pace.limits_chats:
            return 1
        address, reader, native_id = Address(screen.chat), self._reader(screen), screen.native_id or None
        try:
            return self._platform.count_messages(address, view, reader, delivery_id=-screen.id, native_id=native_id)
        except Exception:  # noqa: BLE001 - what cannot be drawn fails when it is sent, and is logged there
            return 1

    async def _show(self, screen: Screen, view: View, messages: int) -> tuple[str, str]:
        """Send or edit a screen's message. Returns its native id and a digest of its content.

        A message that may have arrived already is sent again without a notification: nobody is called twice.
        `messages` is as how many messages the platform counts it.
        """
        address, reader = Address(screen.chat), self._reader(screen)
        digest = as_read(view, reader)
        if screen.native_id and digest == screen.digest:
            return screen.native_id, digest
        departure = await self._turn(screen.chat, messages)
        try:
            if not screen.native_id:
                # A negative key, apart from the keys of deliveries: a platform that drops repeats shows it once after a
                # crash.
                sent = replace(view, quiet=True) if screen.doubtful else view
                return await self._platform.send(address, sent, reader, delivery_id=-screen.id), digest
            return await self._platform.edit(address, screen.native_id, view, reader), digest
        finally:
            self._pacer.answered(departure, self._clock.now())

    async def _turn(self, chat: str, messages: int) -> Departure:
        """Wait until the pace of the platform allows so many more messages, and count them. Returns their departure."""
        async with self._first_in_line:  # only one wakes up for each departure, not all that wait
            while True:
                now = self._clock.now()
                self._pacer.read_clock(now)
                free_at = max(self._pacer.free_at(messages), self._next_turn)
                if free_at <= now:
                    self._next_turn = now + _BETWEEN
                    return self._pacer.depart(chat, now, messages)
                await self._clock.sleep((free_at + _GIVES_WAY - now).total_seconds())
