"""Sends the messages of the outbox that are due on one platform, and stores how sending each of them ended.

A single loop does one of three things each time: a turn, starting to send a message, or waiting. A turn is one
transaction that stores how messages sent since the last turn ended, and marks the next due ones as being sent. Messages
are started as often as the platform allows, without waiting for the answers to earlier ones.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.background.leases import LeaseLost
from bot.backoff import Backoff
from bot.clock import Clock, sleep_unless
from bot.config.settings import Settings
from bot.content.delivery_kinds import LETTER, MEMBERSHIP
from bot.content.errors import ChannelGone, MessageGone, Moved, Rejected, RetryLater, Unreachable
from bot.content.reasons import Reason
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.delivery import delivery_store
from bot.delivery.closed import call_by_name
from bot.delivery.contributions import Contributions
from bot.delivery.delivery_handler import DeliveryHandler, outcome_without_channel, outcome_without_sending
from bot.delivery.outgoing import ClaimedDelivery, Ended, Outcome, Postponed, Removed, Undeliverable, word_of
from bot.delivery.pacer import Departure, Pacer
from bot.delivery.platform import Platform
from bot.delivery.settling_store import settle
from bot.logs import set_reference
from bot.metrics import DELIVERIES

log = structlog.get_logger()

_TURN_EVERY = timedelta(seconds=0.05)
_STORE_ASKED_AGAIN = timedelta(seconds=2)
_LOOK_EVERY = timedelta(seconds=5)
"""The longest time until this program notices a message that another program put into the outbox."""
_CLAIMED_AHEAD = 0.35
"""For how many seconds of sending one claim takes messages; an urgent message waits no longer for these."""
_LARGEST_BATCH = 160
_UNWRITTEN = timedelta(seconds=0.5)
"""The longest time until an outcome is stored while more messages are sent; usually the next claim stores it."""
_PROBED_AFTER = 1.5
"""Seconds until another chat is tried after a flood error that does not say whether it concerns everyone."""
_IN_FLIGHT = 64
_LAST_SENDS = 3.0
"""Seconds of real time that sends in flight are given at the end of the program."""
_TRIES = 300
"""How many times sending a message is tried: about half a day, because the longest wait is some four minutes."""
_TRIES_AT_A_DEFECT = 5
_LONGEST_WAIT = 300.0
_LONGEST_HOLD = 30.0
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Sender:
    """Sends the messages in the outbox that are due on one platform; only one program at a time does this."""

    def __init__(
        self,
        platform: Platform,
        store: Store,
        settings: Settings,
        clock: Clock,
        contributions: Contributions,
        rerouted: Callable[[], None],
        check_lease: Callable[[Transaction], Awaitable[None]],
        pacer: Pacer,
    ) -> None:
        """`rerouted` is called if a delivery is redirected to another platform. Live screens and replies share `pacer`.

        `check_lease` is called in each transaction that claims deliveries, and raises LeaseLost if another program may
        have claimed them.
        """
        self._platform = platform
        self._store = store
        self._clock = clock
        self._rerouted = rerouted
        self._check_lease = check_lease
        self._pacer = pacer
        self._batch = math.ceil(min(_LARGEST_BATCH, pacer.rate * _CLAIMED_AHEAD))
        self._chance = random.Random(platform.name)  # noqa: S311 - no secret: those who failed together part ways
        self._backoff = Backoff(first=1.0, longest=_LONGEST_WAIT, jitter=0.5, chance=self._chance)
        self._hours = settings.gathering.hours
        self._handler = DeliveryHandler(platform, settings, clock, contributions)
        self._of_its_day = contributions.of_its_day
        self._claim = delivery_store.claim_statement(contributions.of_its_day, contributions.claims)
        self._progress = [create() for create in contributions.progress]
        self._flood_suspected = False
        self._recovered = False
        self._claimed: list[ClaimedDelivery] = []
        self._sending: dict[str, tuple[ClaimedDelivery, asyncio.Task[None]]] = {}
        self._outcomes: list[Outcome] = []
        self._write_by = _LONG_AGO
        self._due = _LONG_AGO
        self._next_turn = _LONG_AGO
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Make `serve` look soon for messages to be sent. This is cheap: many calls cause one look."""
        if self._due > _LONG_AGO:
            self._due = _LONG_AGO
            self._woken.set()

    async def serve(self) -> None:
        """Send due messages until cancelled; then wait for messages being sent, and store how sending them ended."""
        try:
            while True:
                self._woken.clear()
                now = self._clock.now()
                if self._pacer.read_clock(now):  # the clock was set back: the instants noted before are far off
                    self._due = self._next_turn = self._write_by = _LONG_AGO
                if self._wants_turn(now) and now >= self._next_turn:
                    await self.turn(now)
                elif started := self._take_next(now):
                    claimed, _departure = started
                    self._sending[claimed.recipient.chat] = claimed, asyncio.create_task(self._send(*started))
                else:
                    await self._rest(now)
        finally:
            await self._finish()

    # --- the store

    def _wants_turn(self, now: datetime) -> bool:
        if not self._claimed and (now >= self._due or (self._outcomes and not self._sending)):
            return True
        return bool(self._outcomes) and (now >= self._write_by or len(self._outcomes) >= self._batch)

    def _note(self, outcome: Outcome) -> None:
        """Remember the outcome of a delivery until it is stored."""
        if not self._outcomes:
            self._write_by = self._clock.now() + _UNWRITTEN
        self._outcomes.append(outcome)

    async def _store_outcomes(self, tx: Transaction, outcomes: Sequence[Outcome], now: datetime) -> bool:
        """Store outcomes and what follows from them. Returns True when a delivery goes on to another account."""
        rerouted = await settle(tx, outcomes, now)
        for progress in self._progress:
            await progress.follow(tx, outcomes, now)
        await call_by_name(tx, outcomes, now)
        return rerouted

    async def turn(self, now: datetime) -> None:
        """Store how sending messages ended since the last call, and select the messages to send next.

        If no message was sent since then, this first reads whether any message is due, because reading needs no writing
        transaction.
        """
        outcomes, self._outcomes = self._outcomes, []
        # Set before the store is read, so that a wake-up meanwhile can bring it forward.
        self._due = now + self._store.pause(_LOOK_EVERY)
        self._next_turn = now + _TURN_EVERY
        name = self._platform.name
        held_ids = {delivery.id for delivery in self._claimed} | {
            delivery.id for delivery, _task in self._sending.values()
        }

        async def store_and_claim(tx: Transaction) -> tuple[bool, list[ClaimedDelivery], datetime | None]:
            await self._check_lease(tx)
            rerouted = await self._store_outcomes(tx, outcomes, now)
            if not self._recovered:
                await delivery_store.recover(tx, name, besides=held_ids)
            claimed = await delivery_store.claim(
                tx, name, now, self._batch - len(self._claimed), self._hours, self._claim, self._of_its_day
            )
            await self._handler.fetch(tx, claimed)
            due = await delivery_store.next_due(tx, name)
            for progress in self._progress:
                await progress.record(tx, outcomes, now, last=is_last(claimed, due))
            return rerouted, claimed, due

        def is_last(claimed: Sequence[ClaimedDelivery], due: datetime | None) -> bool:
            return not claimed and (due is None or due > now)

        try:
            if self._recovered and not outcomes:
                due = await self._store.read(lambda tx: delivery_store.next_due(tx, name))
                if due is None or due > now:
                    self._due = min(self._due, due or self._due)
                    return
            rerouted, claimed, due = await self._store.transact(store_and_claim)
        except BaseException as error:
            # Outcomes are remembered until they can be stored: what was sent must not be sent again.
            self._outcomes = outcomes + self._outcomes
            self._recovered = False  # the transaction may have been committed, with claims that we never saw
            if isinstance(error, StoreUnavailable):
                log.warning("delivery.outbox_waiting", platform=name, reason=str(error))
            elif isinstance(error, Exception) and not isinstance(error, LeaseLost):
                log.exception("delivery.outbox_failed", platform=name)
            else:
                raise
            self._due, self._next_turn = now, now + _STORE_ASKED_AGAIN
            return
        self._recovered = True
        for progress in self._progress:
            progress.committed(outcomes, now, last=is_last(claimed, due))
        self._due = min(self._due, due or self._due)
        for delivery in claimed:
            if outcome := outcome_without_sending(delivery, now):
                self._note(outcome)
            else:
                self._claimed.append(replace(delivery, messages=self._count_messages(delivery)))
        if rerouted:
            self._rerouted()

    def _count_messages(self, claimed: ClaimedDelivery) -> int:
        try:
            return self._handler.count_messages(claimed)
        except Exception:  # noqa: BLE001 - what cannot be drawn fails when it is sent, and is logged there
            return 1

    # --- one send

    def _startable(self) -> ClaimedDelivery | None:
        """Return the first delivery to a chat that nothing is being sent to, as a chat gets one at a time; or None."""
        if len(self._sending) >= _IN_FLIGHT:
            return None
        return next((delivery for delivery in self._claimed if delivery.recipient.chat not in self._sending), None)

    def _take_next(self, now: datetime) -> tuple[ClaimedDelivery, Departure] | None:
        """Return the delivery to send now, None if the pace allows none.

        Deliveries whose chat must wait are postponed on the way. What is several messages waits until all of them may
        be sent, and nothing behind it takes the room for them.
        """
        waiting = 0
        while claimed := self._startable():
            chat, messages = claimed.recipient.chat, claimed.messages
            free_at = self._chat_free_at(claimed, now)
            if free_at <= now < self._pacer.free_at(messages):
                waiting = messages
                break
            self._claimed.remove(claimed)
            if free_at <= now:
                self._pacer.reserve(0)
                return claimed, self._pacer.depart(chat, now, messages)
            self._note(Postponed(claimed, free_at, None))
        self._pacer.reserve(waiting)
        return None

    def _chat_free_at(self, claimed: ClaimedDelivery, now: datetime) -> datetime:
        """Return the instant from which a delivery may be sent to its chat, or may be looked at again.

        What is several messages keeps the chat from the moment when one of them could be sent.
        """
        chat = claimed.recipient.chat
        free_at = self._pacer.chat_free_at(chat)
        if not claimed.urgent:
            free_at = max(free_at, self._pacer.chat_kept_until(chat))
        if claimed.messages == 1 or free_at > now:
            return free_at
        all_free_at = self._pacer.chat_free_at(chat, claimed.messages)
        if all_free_at > now:
            self._pacer.keep_chat(chat, all_free_at, now)
        return all_free_at

    async def _send(self, claimed: ClaimedDelivery, departure: Departure) -> None:
        set_reference(claimed.reference)
        try:
            outcome = await self._attempt(claimed)
            self._pacer.answered(departure, self._clock.now())
            self._note(outcome)
            word = word_of(outcome)
            DELIVERIES.count(self._platform.name, word)
            log.debug("delivery.tried", platform=self._platform.name, delivery=claimed.id, op=claimed.op, outcome=word)
        finally:
            del self._sending[claimed.recipient.chat]
            self._woken.set()

    async def _attempt(self, claimed: ClaimedDelivery) -> Outcome:
        """Try to carry out a delivery, and return the outcome, whatever the platform raises."""
        about = {"platform": self._platform.name, "delivery": claimed.id}
        try:
            outcome = await self._handler.deliver(claimed)
        except Unreachable as error:
            log.info("delivery.unreachable", **about, reason=str(error))
            if claimed.kind == MEMBERSHIP or claimed.kind.startswith(LETTER):
                return Ended(claimed, "unreachable", error.why)
            return Undeliverable(claimed, error.why, closed=True)
        except RetryLater as error:
            return self._postpone(claimed, error)
        except Moved as error:
            log.info("delivery.chat_moved", **about)
            return Postponed(claimed, self._clock.now(), None, chat=error.chat)
        except MessageGone:
            return Removed(claimed, gone=True)  # a person who deleted their message is not sent another
        except Rejected as error:
            if isinstance(error, ChannelGone) and claimed.in_group_channel and claimed.op == "send":
                return outcome_without_channel(claimed, error.why, self._clock.now())
            log.warning("delivery.refused", **about, reason=str(error))
            if claimed.op == "delete":
                return Removed(claimed, gone=False)
            return Ended(claimed, "failed", error.why, channel_gone=isinstance(error, ChannelGone))
        except Exception as error:
            log.exception("delivery.failed", **about)
            if claimed.attempts + 1 >= _TRIES_AT_A_DEFECT:
                return Ended(claimed, "failed", Reason.DEFECT)
            return self._postpone(claimed, RetryLater(type(error).__name__))
        self._pacer.speed_up(self._clock.now())
        self._flood_suspected = False
        return outcome

    def _postpone(self, claimed: ClaimedDelivery, error: RetryLater) -> Outcome:
        """Return the outcome of a try that failed for now, and slow down the chat or the platform accordingly.

        The wait is what the platform asks for, or else doubles with each failure; chance spreads the tries of many.
        """
        if claimed.attempts + 1 >= _TRIES:
            return Ended(claimed, "failed", error.why)
        now = self._clock.now()
        wait = self._backoff.after(claimed.attempts + 1)
        hold = min(wait, _LONGEST_HOLD) if error.seconds is None else error.seconds + self._chance.uniform(0, 0.5)
        due = now + timedelta(seconds=max(wait, hold))
        chat = claimed.recipient.chat
        whole_platform = error.whole_platform
        if whole_platform is None and not self._pacer.crowded(chat, now):
            whole_platform = True
            if not self._flood_suspected:
                # Perhaps the error concerns this chat alone, little as was sent to it: another chat is tried soon.
                self._flood_suspected, hold = True, min(hold, _PROBED_AFTER)
        self._pacer.hold_chat(chat, due)  # so that what follows in this chat stays behind
        if whole_platform:
            if error.seconds is not None:
                self._pacer.slow_down(now)
            self._pacer.hold(now + timedelta(seconds=hold))
            for delivery in self._claimed:
                self._note(Postponed(delivery, self._pacer.free_at(), None))
            self._claimed.clear()  # claimed anew after the pause: a person who stops messages meanwhile gets none
        return Postponed(claimed, due, error.why, doubtful=error.doubtful)

    # --- waiting

    async def _rest(self, now: datetime) -> None:
        """Wait until woken, or until the first instant at which there is something to do."""
        until = [now + self._store.pause(_LOOK_EVERY)]
        if self._wants_turn(now):
            until.append(self._next_turn)
        else:
            if self._outcomes:
                until.append(self._write_by)
            if not self._claimed:
                until.append(self._due)
        if claimed := self._startable():
            until.append(self._pacer.free_at(claimed.messages))
        await sleep_unless(self._clock, (min(until) - now).total_seconds(), self._woken)

    async def _finish(self) -> None:
        """Wait for deliveries that are being sent, and store the outcomes. The next program sends the rest."""
        self._pacer.reserve(0)
        if last := {task for _claimed, task in self._sending.values()}:
            _, late = await asyncio.wait(last, timeout=_LAST_SENDS)
            for task in late:
                task.cancel()
        outcomes, now = self._outcomes, self._clock.now()

        async def store_last(tx: Transaction) -> None:
            await self._store_outcomes(tx, outcomes, now)
            for progress in self._progress:
                await progress.record(tx, outcomes, now, last=True)

        with suppress(StoreUnavailable):
            await self._store.transact(store_last)
