"""One platform's way out: what is due is claimed, paced, sent, and what became of it written down.

A single loop decides, each time something happened or time came, between three things: a turn (one transaction that
writes down outcomes and claims what is due), starting a send, or resting. Sends start at the pace and end when they
end, so that as many are in flight as pace times latency asks for.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog

from bot.backoff import Backoff
from bot.clock import Clock, sleep_unless
from bot.config.settings import Settings
from bot.content.delivery_kinds import MEMBERSHIP
from bot.content.errors import ChannelGone, MessageGone, Moved, Rejected, RetryLater, Unreachable
from bot.content.features import features_of
from bot.content.reasons import Reason
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.delivery import delivery_store
from bot.delivery.closed import call_by_name
from bot.delivery.contributions import Contributions
from bot.delivery.delivery_handler import DeliveryHandler, needless, without_channel
from bot.delivery.outgoing import ClaimedDelivery, Ended, Outcome, Postponed, Removed, Undeliverable
from bot.delivery.pacer import Departure, Pacer
from bot.delivery.platform import Platform
from bot.delivery.settling_store import settle
from bot.logs import set_reference

log = structlog.get_logger()

_TURN_EVERY = timedelta(seconds=0.05)
_STORE_ASKED_AGAIN = timedelta(seconds=2)
_LOOK_EVERY = timedelta(seconds=5)
"""How long what another program put into the outbox may go unnoticed."""
_CLAIMED_AHEAD = 0.35
"""Seconds of sending that one claim covers: an urgent message waits no longer for those before it."""
_LARGEST_BATCH = 64
_UNWRITTEN = timedelta(seconds=0.5)
"""How long what arrived may go unwritten, while more is sent: it is written down with the next claim."""
_PROBED_AFTER = 1.5
"""Seconds after which it is tried whether a flood error, of which nobody says whose it was, concerns everyone."""
_IN_FLIGHT = 64
_LAST_SENDS = 3.0
"""Seconds of real time at the end of the program for what is in flight."""
_TRIES = 300
"""Half a day of them, as the longest wait between two is some four minutes."""
_TRIES_AT_A_DEFECT = 5
_LONGEST_WAIT = 300.0
_LONGEST_HOLD = 30.0
_NOW = datetime(1970, 1, 1, tzinfo=UTC)


class Sender:
    """Sends what is due on one platform, for as long as this program holds its lease."""

    def __init__(
        self,
        platform: Platform,
        store: Store,
        settings: Settings,
        clock: Clock,
        contributions: Contributions,
        rerouted: Callable[[], None],
        pacer: Pacer | None = None,
    ) -> None:
        """`rerouted` is called when something goes on to another platform. `pacer` is shared with what else leaves."""
        self._platform = platform
        self._store = store
        self._clock = clock
        self._rerouted = rerouted
        pace = features_of(platform.name).pace
        self._pacer = pacer or Pacer(pace)
        self._batch = math.ceil(min(_LARGEST_BATCH, pace.per_second * _CLAIMED_AHEAD))
        self._chance = random.Random(platform.name)  # noqa: S311 - no secret: those who failed together part ways
        self._backoff = Backoff(first=1.0, longest=_LONGEST_WAIT, jitter=0.5, chance=self._chance)
        self._hours = settings.gathering.hours
        self._carrier = DeliveryHandler(platform, settings, clock, contributions.content)
        self._of_its_day = contributions.of_its_day
        self._claim = delivery_store.claim_statement(contributions.of_its_day, contributions.claims)
        self._progress = [make() for make in contributions.progress]
        self._suspected = False
        self._recovered = False
        self._claimed: list[ClaimedDelivery] = []
        self._sending: dict[str, tuple[ClaimedDelivery, asyncio.Task[None]]] = {}
        self._done: list[Outcome] = []
        self._write_by = _NOW
        self._due = _NOW
        self._next_turn = _NOW
        self._stirred = asyncio.Event()

    def wake(self) -> None:
        """Something may be due now. Cheap, and many calls make one look."""
        if self._due > _NOW:
            self._due = _NOW
            self._stirred.set()

    async def serve(self) -> None:
        """Send until cancelled; what is in flight then is waited for, and written down."""
        try:
            while True:
                self._stirred.clear()
                now = self._clock.now()
                if self._pacer.look(now):  # what was noted by the clock as it was is far off by the clock as it is
                    self._due = self._next_turn = self._write_by = _NOW
                if self._wants_turn(now) and now >= self._next_turn:
                    await self._turn(now)
                elif started := self._take_next(now):
                    claimed, _departure = started
                    self._sending[claimed.recipient.chat] = claimed, asyncio.create_task(self._send(*started))
                else:
                    await self._rest(now)
        finally:
            await self._finish()

    # --- the store

    def _wants_turn(self, now: datetime) -> bool:
        if not self._claimed and (now >= self._due or (self._done and not self._sending)):
            return True
        return bool(self._done) and (now >= self._write_by or len(self._done) >= self._batch)

    def _note(self, outcome: Outcome) -> None:
        """Remember what became of a delivery, until it is written down."""
        if not self._done:
            self._write_by = self._clock.now() + _UNWRITTEN
        self._done.append(outcome)

    async def _write_down(self, tx: Transaction, done: Sequence[Outcome], now: datetime) -> bool:
        """What became of deliveries, and what follows from that. True when one goes on to another account."""
        rerouted = await settle(tx, done, now)
        for progress in self._progress:
            await progress.follow(tx, done, now)
        return rerouted

    async def _turn(self, now: datetime) -> None:
        """Write down outcomes, and claim what is due; where there is nothing to write, look first if anything is."""
        done, self._done = self._done, []
        self._due = now + _LOOK_EVERY  # before the store is asked: whoever wakes us meanwhile brings it forward
        self._next_turn = now + _TURN_EVERY
        name = self._platform.name
        ours = {each.id for each in self._claimed} | {each.id for each, _task in self._sending.values()}

        async def unit(tx: Transaction) -> tuple[bool, list[ClaimedDelivery], datetime | None]:
            rerouted = await self._write_down(tx, done, now)
            await call_by_name(tx, done, now)
            if not self._recovered:
                await delivery_store.recover(tx, name, besides=ours)
            claimed = await delivery_store.claim(
                tx, name, now, self._batch - len(self._claimed), self._hours, self._claim, self._of_its_day
            )
            await self._carrier.fetch(tx, claimed)
            for progress in self._progress:
                await progress.note(tx, done, now, last=not claimed)
            return rerouted, claimed, await delivery_store.next_due(tx, name)

        try:
            if self._recovered and not done:
                due = await self._store.read(lambda tx: delivery_store.next_due(tx, name))
                if due is None or due > now:
                    self._due = min(self._due, due or self._due)
                    return
            rerouted, claimed, due = await self._store.transact(unit)
        except BaseException as error:
            # Remembered until it can be written down: what was sent must not be sent again.
            self._done = done + self._done
            self._recovered = False  # it may have been saved all the same, with rows claimed that we never saw
            if isinstance(error, StoreUnavailable):
                log.warning("delivery.outbox_waiting", platform=name, reason=str(error))
            elif isinstance(error, Exception):
                log.exception("delivery.outbox_failed", platform=name)
            else:
                raise
            self._due, self._next_turn = now, now + _STORE_ASKED_AGAIN
            return
        self._recovered = True
        for progress in self._progress:
            progress.noted(done, now, last=not claimed)
        self._due = min(self._due, due or self._due)
        for each in claimed:
            if outcome := needless(each, now):
                self._note(outcome)
            else:
                self._claimed.append(each)
        if rerouted:
            self._rerouted()

    # --- one send

    def _startable(self) -> ClaimedDelivery | None:
        """The first delivery whose chat is not being written to: in a chat, one leaves after the other."""
        if len(self._sending) >= _IN_FLIGHT:
            return None
        return next((each for each in self._claimed if each.recipient.chat not in self._sending), None)

    def _take_next(self, now: datetime) -> tuple[ClaimedDelivery, Departure] | None:
        """The delivery to send now, if the pace allows one. Those for a chat that has to wait are put back."""
        while now >= self._pacer.free_at() and (claimed := self._startable()):
            self._claimed.remove(claimed)
            chat = claimed.recipient.chat
            free_at = self._pacer.chat_free_at(chat)
            if free_at <= now:
                return claimed, self._pacer.take(chat, now)
            self._note(Postponed(claimed, free_at, None))
        return None

    async def _send(self, claimed: ClaimedDelivery, departure: Departure) -> None:
        set_reference(claimed.reference)
        try:
            outcome = await self._attempt(claimed)
            self._pacer.answered(departure, self._clock.now())
            self._note(outcome)
        finally:
            del self._sending[claimed.recipient.chat]
            self._stirred.set()

    async def _attempt(self, claimed: ClaimedDelivery) -> Outcome:
        """Try to send, and say what became of it."""
        about = {"platform": self._platform.name, "delivery": claimed.id}
        try:
            outcome = await self._carrier.hand_over(claimed)
        except Unreachable as error:
            log.info("delivery.unreachable", **about, reason=str(error))
            if claimed.kind == MEMBERSHIP:
                return Ended(claimed, "unreachable", error.why)
            return Undeliverable(claimed, error.why, closed=True)
        except RetryLater as error:
            return self._postpone(claimed, error)
        except Moved as error:
            log.info("delivery.chat_moved", **about)
            return Postponed(claimed, self._clock.now(), None, chat=error.chat)
        except MessageGone:
            return Removed(claimed, gone=True)  # whoever deleted their copy is not sent another
        except Rejected as error:
            if isinstance(error, ChannelGone) and claimed.in_a_groups_place and claimed.op == "send":
                return without_channel(claimed, error.why, self._clock.now())
            log.warning("delivery.refused", **about, reason=str(error))
            if claimed.op == "delete":
                return Removed(claimed, gone=False)
            return Ended(claimed, "failed", error.why, channel_gone=isinstance(error, ChannelGone))
        except Exception as error:
            log.exception("delivery.failed", **about)
            if claimed.attempts + 1 >= _TRIES_AT_A_DEFECT:
                return Ended(claimed, "failed", Reason.DEFECT)
            return self._postpone(claimed, RetryLater(type(error).__name__))
        self._pacer.passed()
        self._suspected = False
        return outcome

    def _postpone(self, claimed: ClaimedDelivery, error: RetryLater) -> Outcome:
        """Try again later: after what the platform asked for, or ever longer, never at the same time as others."""
        if claimed.attempts + 1 >= _TRIES:
            return Ended(claimed, "failed", error.why)
        now = self._clock.now()
        wait = self._backoff.after(claimed.attempts + 1)
        hold = min(wait, _LONGEST_HOLD) if error.seconds is None else error.seconds + self._chance.uniform(0, 0.5)
        due = now + timedelta(seconds=max(wait, hold))
        chat = claimed.recipient.chat
        whole = error.whole_platform
        if whole is None and not self._pacer.crowded(chat, now):
            whole = True
            if not self._suspected:  # perhaps this chat's own, however little we wrote there: tried with another soon
                self._suspected, hold = True, min(hold, _PROBED_AFTER)
        self._pacer.hold_chat(chat, due)  # so that what follows in this chat stays behind
        if whole:
            if error.seconds is not None:
                self._pacer.flooded(now)
            self._pacer.hold(now + timedelta(seconds=hold))
            for each in self._claimed:
                self._note(Postponed(each, self._pacer.free_at(), None))
            self._claimed.clear()  # claimed anew after the pause: who stops meanwhile gets nothing
        return Postponed(claimed, due, error.why, doubtful=error.doubtful)

    # --- waiting

    async def _rest(self, now: datetime) -> None:
        """Wait until something happens, or the first instant at which there is something to do."""
        until = [now + _LOOK_EVERY]
        if self._wants_turn(now):
            until.append(self._next_turn)
        else:
            if self._done:
                until.append(self._write_by)
            if not self._claimed:
                until.append(self._due)
        if self._startable():
            until.append(self._pacer.free_at())
        await sleep_unless(self._clock, (min(until) - now).total_seconds(), self._stirred)

    async def _finish(self) -> None:
        """Let what is in flight arrive. What does not, and what was only claimed, the next program sends."""
        if last := {task for _claimed, task in self._sending.values()}:
            _, late = await asyncio.wait(last, timeout=_LAST_SENDS)
            for task in late:
                task.cancel()
        done, now = self._done, self._clock.now()
        with suppress(StoreUnavailable):
            await self._store.transact(lambda tx: self._write_down(tx, done, now))
