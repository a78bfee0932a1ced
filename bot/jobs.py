"""Jobs: work longer than 20 ms, done outside transactions and in another process, its result told to who asked.

    @routes.job("cards", work=draw_cards)  # a function at the top of its module: payload → result
    async def cards_are_drawn(tx: Transaction, person: Participant, result: Mapping[str, Any]) -> View: ...

    return reply(_("The cards are being drawn."), job=JobRequest("cards", {"refs": refs}))

One program at a time runs them. A crash repeats the work; its result is kept, and told, once.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.clock import Clock, sleep_unless
from bot.delivery import outbox
from bot.domain.participants import Participant
from bot.errors import UserError
from bot.leases import LeaseLost, lease
from bot.routes import Job, Read
from bot.side_process import SideProcess, WorkerDied
from bot.storage import jobs, participants
from bot.storage.engine import Store, StoreUnavailable, T, Transaction, Unit
from bot.storage.jobs import Claimed
from bot.texts import _
from bot.views import View

log = structlog.get_logger()

_TRIES = 3
"""Runs that take the process, or the whole program, down with them, before a job is given up."""
_LOOK_EVERY = 5.0
_BETWEEN_LOOKS = 0.2
_IDLE = timedelta(seconds=30)
"""How long the other process is kept for more work."""
_STORE_ASKED_AGAIN = 2.0

Tell = Callable[[Transaction, Participant], Awaitable[View | None]]


class Runner:
    """Does the jobs that were asked for. `run` until cancelled; `wake` after each commit that may have added one."""

    def __init__(
        self,
        store: Store,
        kinds: Mapping[str, Job],
        wake_delivery: Callable[[], None],
        clock: Clock,
        side_process: SideProcess | None = None,
    ) -> None:
        """`kinds` are the router's jobs; `wake_delivery` is called when a result is in the outbox."""
        self._store = store
        self._kinds = kinds
        self._wake_delivery = wake_delivery
        self._clock = clock
        self._woken = asyncio.Event()
        self._side_process = side_process or SideProcess()

    def wake(self) -> None:
        """A job may wait now. Cheap, and many calls make one look."""
        self._woken.set()

    async def run(self) -> None:
        """Do jobs until cancelled; where another program does them, wait for it to end."""
        while True:
            try:
                async with lease(self._store, self._clock, name="jobs"):
                    await self._serve()
            except LeaseLost:
                log.warning("another program does the jobs now")
            finally:
                self._side_process.close()

    async def catch_up(self) -> bool:
        """Do the jobs that wait now, one after the other; whether there were any."""
        busy = False
        while job := await self._patiently(_claim):
            await self._do(job)
            busy = True
        return busy

    async def _serve(self) -> None:
        last = self._clock.now()
        while True:
            self._woken.clear()
            if await self.catch_up():
                last = self._clock.now()
                continue
            if self._clock.now() - last >= _IDLE:
                self._side_process.close()
            await sleep_unless(self._clock, _LOOK_EVERY, self._woken)
            await self._clock.sleep(_BETWEEN_LOOKS)

    async def _do(self, job: Claimed) -> None:
        try:
            if job.attempts > _TRIES:
                raise WorkerDied
            kind = self._kinds[job.kind]
            payload = await self._read(kind.read, job.payload) if kind.read else job.payload
            result = await self._side_process.do(kind.work, payload)
            await self._end(job, lambda tx, person: kind.finish(tx, person, result))
        except UserError as refusal:
            said = View((refusal.text,), refusal.buttons)
            await self._end(job, _saying(said))
        except Exception as error:
            if isinstance(error, WorkerDied) and job.attempts < _TRIES:
                log.warning("job ended with its process, begun again", job=job.id, kind=job.kind)
                return
            reference = secrets.token_hex(3).upper()
            log.exception("job failed", job=job.id, kind=job.kind, reference=reference)
            await self._end(job, _saying(_failed(reference)))

    async def _end(self, job: Claimed, tell: Tell) -> None:
        """Keep what a job led to and tell who asked, unless they were erased meanwhile, or somebody it read of was."""

        async def unit(tx: Transaction) -> None:
            person = await participants.find(tx, job.participant_id)
            if person and await jobs.end(tx, job.id):
                view = await tell(tx, person)
                if view is None:
                    return
                now = self._clock.now()
                await outbox.notify(tx, person.id, view, now, asked=True, urgent=True, account_id=job.account_id)

        await self._patiently(unit)
        self._wake_delivery()

    async def _read(self, read: Read, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        return await self._patiently(lambda tx: read(tx, payload), self._store.read)

    async def _patiently(self, unit: Unit[T], within: Callable[[Unit[T]], Awaitable[T]] | None = None) -> T:
        while True:
            try:
                return await (within or self._store.transact)(unit)
            except StoreUnavailable as error:
                log.warning("jobs wait for the store", reason=str(error))
                await self._clock.sleep(_STORE_ASKED_AGAIN)


async def _claim(tx: Transaction) -> Claimed | None:
    """The next job. None is under way: what is said to run was cut off, or claimed by a commit we never heard of."""
    await jobs.recover(tx)
    return await jobs.claim(tx)


def _saying(view: View) -> Tell:
    async def tell(_tx: Transaction, _person: Participant) -> View:
        return view

    return tell


def _failed(reference: str) -> View:
    return View(
        (
            _(
                "What you asked for failed on our side, nothing was changed."
                " Try again, or give the team this number: {reference}.",
                reference=reference,
            ),
        )
    )
