"""Sends due push notifications to the push services of people's browsers, and stores how each ended.

Push services cannot recognise a repeat. A push that is being sent when the program is killed is sent again: both carry
the same tag, so the device shows one notification. A push that a service answered is never sent again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from random import Random
from typing import TypeAlias, TypeVar

import aiohttp
import structlog

from bot.background.leases import Lease, LeaseLost, lease
from bot.backoff import Backoff
from bot.clock import Clock, sleep_unless
from bot.config.settings import Settings
from bot.content import i18n
from bot.content.stored_views import unpack
from bot.content.texts import Reader, Text
from bot.content.views import View
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.database.retrying import retry_until_available
from bot.logs import under_reference
from bot.metrics import PUSHES
from bot.platforms.web.push import push_store
from bot.platforms.web.push.encryption import device_key, encrypt, from_base64
from bot.platforms.web.push.endpoints import is_known, origin_of
from bot.platforms.web.push.push_store import ClaimedPush
from bot.platforms.web.push.ringing import ring
from bot.platforms.web.push.vapid import VapidKey, load_key
from bot.platforms.web.push.words import notification

log = structlog.get_logger()

_IN_FLIGHT = 64
_PATIENCE = 10.0
_GATHERED = 0.02
"""Seconds for which answers are gathered before they are stored together."""
_LOOK_EVERY = timedelta(seconds=5)
_STORE_ASKED_AGAIN = 2.0
_LONGEST_WAIT = 900.0
_LONGEST_HOLD = 30.0
"""The longest pause, in seconds, for a service that asks for no certain time, and for every urgent push."""
_PEOPLE_OF_A_SERVICE = 3
"""A service must refuse pushes as too many on the devices of so many people before all other devices wait too."""
_ANSWERS_COUNT = 60.0
"""The seconds for which such a refusal counts, if the device does not have to wait longer."""
_TOLD = 3_600.0
"""The longest wait, in seconds, that the program grants a push service that asks for a wait."""
_LAST_ANSWERS = 3.0
"""Seconds of real time for which the end of the program waits for answers of push services."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome that a push notification has ended: «rung» if its service accepted it, «expired» or «failed».

    «expired» means that it would have come too late.
    """

    push: ClaimedPush
    state: push_store.State


@dataclass(frozen=True, slots=True)
class Refused:
    """The outcome that the push service refused a notification, perhaps because of the key or the subscription."""

    push: ClaimedPush


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """The outcome that the push service no longer knows the device, which is then deleted."""

    push: ClaimedPush


@dataclass(frozen=True, slots=True)
class Later:
    """The outcome that a push notification is tried again at the instant `due`.

    `tried` is True if its push service was asked this time.
    """

    push: ClaimedPush
    due: datetime
    tried: bool


Outcome: TypeAlias = Settled | Refused | Unsubscribed | Later


@dataclass(frozen=True, slots=True)
class Hold:
    """A pause in which no push notifications are sent to a device, or to all devices of a push service.

    The pause ends at the instant `until`; for urgent notifications it ends at the instant `urgent`.
    """

    until: datetime
    urgent: datetime

    def end(self, urgency: push_store.Urgency) -> datetime:
        """Return when push notifications of this urgency («high» or «normal») are sent again."""
        return self.urgent if urgency == "high" else self.until

    def and_also(self, other: Hold) -> Hold:
        """Return the pause that ends when both pauses have ended, for each urgency separately."""
        return Hold(max(self.until, other.until), max(self.urgent, other.urgent))


class PushSender:
    """Sends push notifications about messages on pages (`run`); only one program on a database does it at a time.

    Call `wake` after commits that add notifications.
    """

    def __init__(self, store: Store, settings: Settings, clock: Clock, lock_screen: Mapping[str, Text]) -> None:
        """`lock_screen` has, by kind of delivery, what a notification shows on a locked phone."""
        self._store = store
        self._settings = settings
        self._clock = clock
        self._lock_screen = lock_screen
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._chance = Random()  # noqa: S311 - no secret: those who failed together part ways
        self._backoff = Backoff(first=2.0, longest=_LONGEST_WAIT, jitter=0.5, chance=self._chance)
        self._held: dict[str, Hold] = {}
        """The push services that asked to wait, or did not answer, by their origins."""
        self._new_holds: dict[str, Hold] = {}
        """The pauses that are not yet stored with the waiting pushes."""
        self._held_devices: dict[tuple[str, int], Hold] = {}
        """The devices to which a service said that there are too many pushes, by its origin and their ids."""
        self._answers: dict[tuple[str, int], datetime] = {}
        """Until when such an answer counts as one about the whole service, by its origin and the id of the person."""
        self.patience = _PATIENCE
        """Seconds that a push service has to answer."""
        self._recovered = False
        self._outcomes: list[Outcome] = []
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def ring(
        self,
        tx: Transaction,
        participant_id: int,
        message_id: int,
        delivery_id: int,
        view: View,
        reader: Reader,
        now: datetime,
    ) -> None:
        """Add the push notifications about a message that was just delivered to a page; a second call adds nothing."""
        await ring(tx, self._settings.gathering.hours, participant_id, message_id, delivery_id, view, reader, now)

    def wake(self) -> None:
        """Make this program look soon for due push notifications. This is cheap: many calls cause one look."""
        self._idle.clear()
        self._woken.set()

    async def drained(self) -> None:
        """Wait until all due push notifications were sent and it is stored how they ended."""
        await self._idle.wait()

    async def run(self) -> None:
        """Send push notifications until cancelled; while another program sends them, wait for it to end."""
        while True:
            try:
                async with lease(self._store, self._clock, name="pushes") as held:
                    key = await self._store.transact(lambda tx: load_key(tx, self._settings.web.public_url))
                    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
                        await self._serve(held, session, key)
            except LeaseLost:
                log.warning("web.push_taken_over")
            except StoreUnavailable as error:
                _waiting(error)
                await self._clock.sleep(_STORE_ASKED_AGAIN)

    async def _serve(self, held: Lease, session: aiohttp.ClientSession, key: VapidKey) -> None:
        self._recovered = False
        try:
            while True:
                go_on = partial(self._go_on, held, session, key)
                await retry_until_available(go_on, self._clock, _STORE_ASKED_AGAIN, _waiting)
        finally:
            await self._finish()

    async def _go_on(self, held: Lease, session: aiohttp.ClientSession, key: VapidKey) -> None:
        """Store outcomes and send what is due, or wait until there is something to do."""
        self._woken.clear()
        due = await self._store.read(push_store.next_due)
        now = self._clock.now()
        room = _IN_FLIGHT - len(self._under_way)
        is_due = bool(room) and due is not None and due <= now
        if self._outcomes or self._new_holds or is_due or not self._recovered:
            for push in await self._turn(held, now, room):
                task = asyncio.create_task(self._push(session, key, push))
                self._under_way[push.id] = task
            await asyncio.sleep(_GATHERED)
            return
        if not self._under_way and not self._woken.is_set():
            self._idle.set()
        until = now + self._store.pause(_LOOK_EVERY)
        if due is not None and room:
            until = min(until, due)
        await sleep_unless(self._clock, (until - now).total_seconds(), self._woken)

    async def _turn(self, held: Lease, now: datetime, room: int) -> Sequence[ClaimedPush]:
        """Store the outcomes so far, and claim pushes that are due, as many as there is `room` for."""
        outcomes, self._outcomes = self._outcomes, []
        holds, self._new_holds = self._new_holds, {}
        under_way = {*self._under_way, *(outcome.push.id for outcome in outcomes)}

        async def turn(tx: Transaction) -> Sequence[ClaimedPush]:
            await held.check(tx)
            if not self._recovered:
                await push_store.recover(tx, besides=under_way)
            for outcome in outcomes:
                await _settle(tx, outcome, now)
            for origin, held_service in holds.items():
                await push_store.hold(tx, origin, held_service.until, urgent=held_service.urgent)
            return await push_store.claim(tx, now, room)

        try:
            claimed = await self._store.transact(turn)
        except BaseException:
            # Outcomes are remembered until they can be stored: a push that a service accepted must not be sent again.
            self._outcomes = outcomes + self._outcomes
            self._new_holds = holds | self._new_holds
            self._recovered = False  # the transaction may have been committed, with claims that we never saw
            raise
        self._recovered = True
        return claimed

    # --- one push

    async def _push(self, session: aiohttp.ClientSession, key: VapidKey, push: ClaimedPush) -> None:
        with under_reference(push.reference):
            try:
                outcome = await self._attempt(session, key, push)
            except Exception:
                log.exception("web.push_failed", push=push.id)
                outcome = Settled(push, "failed")
            self._outcomes.append(outcome)
            PUSHES.count(outcome.state if isinstance(outcome, Settled) else type(outcome).__name__.lower())
            del self._under_way[push.id]
            self._woken.set()

    async def _attempt(self, session: aiohttp.ClientSession, key: VapidKey, push: ClaimedPush) -> Outcome:
        """Try to send a push, and return the outcome."""
        now, endpoint = self._clock.now(), push.subscription.endpoint
        if push.content is None or now >= push.expires:
            return Settled(push, "expired")
        if not is_known(endpoint, self._settings.web.push_services):
            return Unsubscribed(push)  # the settings no longer list this push service
        origin = origin_of(endpoint)
        if (held_until := self._end_of_hold(push, origin, now)) > now:
            return Later(push, self._spread(held_until), tried=False)
        status, wait = await self._post(session, key, push, shows_text=push.shows_text)
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and push.shows_text:
            status, wait = await self._post(session, key, push, shows_text=False)
        if status is not None and status // 100 == 2:
            return Settled(push, "rung")
        if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            return Unsubscribed(push)
        if status is None or status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500:
            return self._postpone(push, origin, status, wait)
        log.warning("web.push_refused", service=origin, push=push.id, status=status)
        return Settled(push, "failed") if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else Refused(push)

    def _end_of_hold(self, push: ClaimedPush, origin: str, now: datetime) -> datetime:
        """Return until when a push is held, for its device or for its whole service; `now` for one that is not."""
        holds = (self._held.get(origin), self._held_devices.get((origin, push.device_id)))
        return max((hold.end(push.urgency) for hold in holds if hold), default=now)

    def _postpone(self, push: ClaimedPush, origin: str, status: int | None, wait: float | None) -> Later:
        """Return that a push is tried again, when its service asked for or after a growing pause.

        `status` is None where the service did not answer, `wait` where it did not say for how long to wait. Where it
        did not answer or asked to wait, nothing else is sent there meanwhile. That there are too many pushes (429) may
        be about one device: only that one waits then, until the service has said it to several people.
        """
        log.info("web.push_postponed", service=origin, push=push.id, status=status)
        now, pause = self._clock.now(), self._backoff.after(push.attempts + 1)
        wanted = min(pause, _LONGEST_HOLD) if wait is None else wait
        hold = Hold(now + timedelta(seconds=wanted), urgent=now + timedelta(seconds=min(wanted, _LONGEST_HOLD)))
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self._hold_device(push, origin, hold, now)
        elif wait is not None or status is None:
            self._hold_service(origin, hold, now)
        due = self._spread(now + timedelta(seconds=max(pause, wanted)))
        if push.urgency == "high":
            due = min(due, now + timedelta(seconds=_LONGEST_HOLD))
        return Later(push, min(due, push.expires), tried=True)

    def _hold_device(self, push: ClaimedPush, origin: str, hold: Hold, now: datetime) -> None:
        """Hold a device, and its whole service if that has lately said to others too that there are too many pushes.

        All devices of one person count as one: they get the same messages, and nobody is to hold back everybody's.
        """
        self._held_devices = _still_held(self._held_devices, now) | {(origin, push.device_id): hold}
        person, counts_until = (origin, push.participant_id), max(hold.until, now + timedelta(seconds=_ANSWERS_COUNT))
        self._answers = {known: end for known, end in self._answers.items() if end > now} | {person: counts_until}
        if sum(service == origin for service, _person in self._answers) >= _PEOPLE_OF_A_SERVICE:
            self._hold_service(origin, hold, now)

    def _hold_service(self, origin: str, hold: Hold, now: datetime) -> None:
        held = _still_held(self._held, now)
        self._held = held | {origin: hold.and_also(held.get(origin, hold))}
        self._new_holds[origin] = self._held[origin]

    def _spread(self, instant: datetime) -> datetime:
        return instant + timedelta(seconds=self._chance.uniform(0, 0.5))

    async def _post(
        self, session: aiohttp.ClientSession, key: VapidKey, push: ClaimedPush, *, shows_text: bool
    ) -> tuple[int | None, float | None]:
        """Send a push. Returns the HTTP status, None without an answer, and the seconds the service asks to wait."""
        now = self._clock.now()
        headers = {
            "Authorization": key.authorization(push.subscription.endpoint, now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(int((push.expires - now).total_seconds()), 0)),
            "Urgency": push.urgency,
            **({"Topic": _own_topic(push)} if push.topic else {}),
        }
        body, timeout = self._encrypted(push, shows_text=shows_text), aiohttp.ClientTimeout(total=self.patience)
        try:
            # An answer that leads elsewhere is a refusal: nothing is sent to addresses that were not checked.
            async with session.post(
                push.subscription.endpoint, data=body, headers=headers, allow_redirects=False, timeout=timeout
            ) as response:
                return response.status, _seconds(response.headers.get("Retry-After", ""), now)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None, None

    def _encrypted(self, push: ClaimedPush, *, shows_text: bool) -> bytes:
        gathering = self._settings.gathering
        assert push.content is not None
        payload = notification(
            unpack(push.content, None),
            Reader(i18n.negotiate(push.locales, gathering.locales), gathering.zone, self._clock.now()),
            kind=push.kind,
            gathering=gathering.name,
            message_id=push.message_id,
            shows_text=shows_text,
            secret=push.secret,
            lock_screen=self._lock_screen,
        )
        subscription = push.subscription
        return encrypt(payload, device_key(subscription.public_key), from_base64(subscription.secret))

    async def _finish(self) -> None:
        """Wait a moment for the answers that are under way, and store all outcomes; the next program sends the rest.

        What cannot be stored now is remembered: this program may take the lease again.
        """
        if last := set(self._under_way.values()):
            _done, late = await asyncio.wait(last, timeout=_LAST_ANSWERS)
            for task in late:
                task.cancel()
            self._under_way.clear()
        outcomes, now = tuple(self._outcomes), self._clock.now()

        async def unit(tx: Transaction) -> None:
            for outcome in outcomes:
                await _settle(tx, outcome, now)

        with suppress(StoreUnavailable):
            await self._store.transact(unit)
            self._outcomes.clear()


def _waiting(error: Exception) -> None:
    log.warning("web.push_waiting", reason=str(error))


_Known = TypeVar("_Known", str, tuple[str, int])


def _still_held(holds: Mapping[_Known, Hold], now: datetime) -> dict[_Known, Hold]:
    return {known: hold for known, hold in holds.items() if hold.until > now}


async def _settle(tx: Transaction, outcome: Outcome, now: datetime) -> None:
    """Store the outcome of a push."""
    match outcome:
        case Settled(push, state):
            await push_store.settle(tx, push, state, now)
        case Refused(push):
            await push_store.settle(tx, push, "failed", now)
            await push_store.refuse(tx, push)
        case Unsubscribed(push):
            await push_store.drop_device(tx, push)
        case Later(push, due, tried):
            await push_store.postpone(tx, push, due, tried=tried)


def _own_topic(push: ClaimedPush) -> str:
    """Return the topic of a push as its service reads it, which can tell neither what it is nor who else gets it.

    A topic that were the same for all browsers could be looked up: there are few kinds of messages.
    """
    return hashlib.sha256(f"{push.topic} {push.subscription.secret}".encode()).hexdigest()[:32]


def _seconds(retry_after: str, now: datetime) -> float | None:
    """Return the seconds from `now` that a header `Retry-After` asks to wait, at most an hour; None if unreadable."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after), _TOLD)
    try:
        instant = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), _TOLD)
