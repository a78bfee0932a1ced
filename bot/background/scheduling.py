"""Performs events when they are due, such as sending reminders, and runs chores that delete outdated data every hour.

Rows and the program's own clock decide what is due, so that nothing is lost while the program is down. The ticker waits
for the earliest row that is due, and looks for an earlier one every few seconds, because other programs may have added
it, or the clock may have been moved (by tests and the demo, too). APScheduler starts the hourly chores.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.background.stored_photos import cut_stored
from bot.clock import Clock
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.files.stored_files import Files, drop_unnamed
from bot.logs import new_reference, under_reference

log = structlog.get_logger()

_LOOK_EVERY = timedelta(seconds=5)
"""How long the ticker waits at most before it looks again for what is due."""

Chore = Callable[[Transaction, datetime], Awaitable[int]]
"""A function that deletes outdated data in a transaction, and returns how many rows it deleted."""


class Housekeeping:
    """Runs the chores, functions that delete outdated data, every hour until cancelled (`run`)."""

    def __init__(self, store: Store, clock: Clock, chores: Iterable[Chore], files: Files | None = None) -> None:
        """`chores` run in this order; `files` has the files that people sent, if this program has access to them."""
        self._store = store
        self._clock = clock
        self._chores = tuple(chores)
        self._files = files

    async def run(self, *, minute: str = "17", second: str = "0") -> None:
        """Run the chores, which delete outdated data, whenever the clock shows `minute` and `second`, until cancelled.

        Both parameters are fields as in cron: «17» means once an hour. One run makes up for several missed runs.
        """
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(
            self.tidy, "cron", minute=minute, second=second, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)

    async def tidy(self) -> None:
        """Run every chore, which is a function that deletes outdated data, in a transaction of its own.

        If a chore fails, its error is logged, and the other chores still run.
        """
        with under_reference(new_reference()):
            for chore in self._chores:
                now = self._clock.now()
                await self._do(chore, lambda chore=chore, now=now: self._store.transact(lambda tx: chore(tx, now)))  # type: ignore[misc]
            if files := self._files:
                await self._do(drop_unnamed, lambda: drop_unnamed(self._store, files))
                await self._do(cut_stored, lambda: cut_stored(self._store, files))

    async def _do(self, chore: Callable[..., Awaitable[int]], work: Callable[[], Awaitable[int]]) -> None:
        about = {"chore": f"{chore.__module__}.{chore.__name__}"}
        try:
            dropped = await work()
        except (StoreUnavailable, OSError) as error:
            log.warning("background.chore_waiting", **about, reason=str(error))
        except Exception:
            log.exception("background.chore_failed", **about)
        else:
            log.debug("background.chore_done", **about, dropped=dropped)


@dataclass(frozen=True, slots=True)
class Released:
    """What one call of `Source.release` did, for the log.

    `told` is how many messages or other things the call released. `missed` names the things that it gave up.
    """

    told: int = 0
    missed: tuple[str, ...] = ()


class Source(Protocol):
    """A source of events that become due at certain times, such as reminders, or announcements for a later hour."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Update the planned events of this source at the program's start, in a transaction for this call alone."""
        ...

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the next event of this source is due, perhaps in the past; None if no event is planned.

        Writes nothing into the database.
        """
        ...

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Perform the event that has been due for the longest time, or a part of it. Returns None if nothing is due.

        The transaction should be short: the caller repeats the call until it returns None.
        """
        ...


class Ticker:
    """Calls each of its sources, such as reminders, when one of the source's events is due, until cancelled (`run`)."""

    def __init__(
        self, store: Store, clock: Clock, sources: Sequence[Source], released: Callable[[], None] = lambda: None
    ) -> None:
        """`sources` are called in this order; `released` is called after each event, as it may enqueue messages."""
        self._store = store
        self._clock = clock
        self._sources = sources
        self._released = released

    async def run(self) -> None:
        """Prepare the sources of events, then perform due events and wait for the next one, until cancelled."""
        prepared = False
        while True:
            due: datetime | None = None
            try:
                if not prepared:
                    await self.prepare()
                    prepared = True
                due = await self.look()
            except StoreUnavailable as error:
                log.warning("background.releases_waiting", reason=str(error))
            except Exception:
                log.exception("background.ticker_failed")
            wait = _LOOK_EVERY if due is None else min(_LOOK_EVERY, due - self._clock.now())
            await self._clock.sleep(max(wait, timedelta()).total_seconds())

    async def prepare(self) -> None:
        """Let every source, such as reminders, update its planned events when the program starts."""
        with under_reference(new_reference()):
            for source in self._sources:
                await self._store.transact(lambda tx, source=source: source.prepare(tx, self._clock.now()))  # type: ignore[misc]

    async def look(self) -> datetime | None:
        """Perform all events that are due now, and return when the next event is due; None if none is planned.

        If a source of events raises an error, the error is logged, and the other sources are still called.
        """
        due = await self._store.read(self.next_due)
        if due is None or due > self._clock.now():
            return due
        waiting: list[datetime] = []
        for source in self._sources:
            with under_reference(new_reference()):
                try:
                    due = await self._catch_up(source)
                except StoreUnavailable:
                    raise
                except Exception:
                    log.exception("background.release_failed", source=type(source).__name__)
                    continue
            if due is not None:
                waiting.append(due)
        return min(waiting, default=None)

    async def next_due(self, tx: Transaction) -> datetime | None:
        """Return when the next event of any source, such as a reminder, is due; None if none is planned.

        The instant may be past.
        """
        dues = [await source.next_due(tx, self._clock.now()) for source in self._sources]
        return min((due for due in dues if due is not None), default=None)

    async def _catch_up(self, source: Source) -> datetime | None:
        due = await self._next(source)
        while due is not None and due <= self._clock.now():
            await self._release(source)
            due = await self._next(source)
        return due

    async def _next(self, source: Source) -> datetime | None:
        return await self._store.read(lambda tx: source.next_due(tx, self._clock.now()))

    async def _release(self, source: Source) -> None:
        """Release all due events of a source, each step in its own transaction, so that others can write meanwhile."""
        now = self._clock.now()
        while (done := await self._store.transact(lambda tx: source.release(tx, now))) is not None:
            if done.missed:
                log.warning("background.release_missed", what=list(done.missed))
            self._released()
