"""Runs jobs: work longer than 20 ms, in another process; the result is sent to the participant who asked for it.

    @routes.job("cards", work=draw_cards)  # a function at the top of its module: payload → result
    async def cards_are_drawn(tx: Transaction, person: Participant, result: Mapping[str, Any]) -> View: ...

    return reply(_("The cards are being drawn."), job=JobRequest("cards", {"refs": refs}))

If several programs use one database, only one of them runs jobs. It has two processes, each with one job at a time:

- The reserved process takes jobs of organisers. It takes a job of someone else only while the shared process has been
  busy with one job for more than ten seconds. That job is stopped, and runs again later in the shared process, if it
  has run for ten seconds and an organiser waits.
- The shared process takes any job, except organisers' jobs that may take minutes.

Nobody has two running jobs. So a long job delays other people's jobs by hardly more than ten seconds.

If the program or the process ends during a job, the job is started again, three times at most. Its result is stored and
sent once. A job that takes longer than its limit is stopped for good, and the person is told so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.background import job_store
from bot.background.job_kinds import SECONDS, Job
from bot.background.job_store import ClaimedJob, WaitingJob
from bot.background.leases import Lease, LeaseLost, lease
from bot.background.side_process import SideProcess, WorkerDied
from bot.clock import Clock, SystemClock, sleep_unless
from bot.config.appearance_store import dressed
from bot.content.delivery_kinds import Telling
from bot.content.errors import UserError
from bot.content.folding import folded, most_for
from bot.content.roles import Who
from bot.content.texts import _, _n
from bot.content.views import View
from bot.database.engine import Store, T, Transaction, Unit
from bot.database.retrying import retry_until_available
from bot.files.stored_files import Files, FilesAway
from bot.logs import new_reference, set_reference
from bot.metrics import JOB_SECONDS, JOBS
from bot.people import participant_store
from bot.people.declared import Declared
from bot.people.notifications import Notify
from bot.people.participants import Participant, refusal

log = structlog.get_logger()

_TRIES = 3
"""How often a job is started at most, if its process or the program ends each time."""
_LOOK_EVERY = timedelta(seconds=5)
_BETWEEN_LOOKS = 0.2
_IDLE = timedelta(seconds=30)
"""How long a process without work is kept running."""
_USUAL = timedelta(seconds=10)
"""The time within which nearly every job ends."""
_STORE_ASKED_AGAIN = 2.0
_FILES_AWAY = View(
    (
        _(
            "I cannot get the photos and documents for this just now. Nothing is lost, nothing was changed: try"
            " again in a few minutes."
        ),
    )
)

Tell = Callable[[Transaction, Participant], Awaitable[View | None]]


class _DeadlinePassed(Exception):
    """The work was ended because it took too long."""


@dataclass
class _Worker:
    """One of the two processes, with the job that it runs since an instant.

    `lent` says that the process reserved for organisers runs a job of someone else.
    """

    process: SideProcess
    task: asyncio.Task[None] | None = None
    job: ClaimedJob | None = None
    since: datetime | None = None
    lent: bool = False

    def held_up(self, now: datetime) -> bool:
        """Return whether the process has been running one job for longer than usual at `now`."""
        return self.since is not None and now - self.since >= _USUAL


class Runner:
    """Runs background jobs, which is long work that participants asked for, in other processes (`run`).

    Call `wake` after each commit that may have added a job.
    """

    def __init__(
        self,
        store: Store,
        kinds: Mapping[str, Job],
        declared: Declared,
        notify: Notify,
        wake_delivery: Callable[[], None],
        clock: Clock,
        new_process: Callable[[], SideProcess] = SideProcess,
        stopwatch: Clock | None = None,
        files: Files | None = None,
    ) -> None:
        """`kinds` are the kinds of jobs by name; `declared` describes personal data, for jobs that read such data.

        `notify` enqueues the message with a result, in place of the answer that said that it would come;
        `wake_delivery` is called after that is committed. `files` are the stored files, from which work reads.
        `new_process` returns a process in which work is done. `stopwatch` measures how long work takes; None means the
        machine's clock, because `clock` may be moved by tests and the demo.
        """
        self._store = store
        self._kinds = kinds
        self._declared = declared
        self._notify = notify
        self._wake_delivery = wake_delivery
        self._clock = clock
        self._files = files
        self._stopwatch = stopwatch or SystemClock()
        self._woken = asyncio.Event()
        self._lease: Lease | None = None
        self._ended = False
        self._reserved, self._shared = (_Worker(new_process()) for _each in range(2))
        self._workers = (self._reserved, self._shared)
        self._spent: dict[int, float] = {}
        """Seconds that each job has spent in processes that died, because one time limit holds for all tries."""
        self._slow: set[int] = set()
        """The ids of jobs that were stopped in the process reserved for organisers: they wait for the shared one."""

    def wake(self) -> None:
        """Make the runner look soon for jobs that wait. Calling this often is cheap: many calls cause one look."""
        self._woken.set()

    async def run(self) -> None:
        """Run jobs until cancelled. Only one program on a database runs jobs: the others wait for it to end."""
        while True:
            try:
                async with lease(self._store, self._clock, name="jobs") as self._lease:
                    await self._serve()
            except LeaseLost:
                log.warning("background.jobs_taken_over")
            finally:
                await self._stop()

    async def catch_up(self) -> None:
        """Run background jobs until none is waiting."""
        while await self._begin():
            await asyncio.wait([worker.task for worker in self._workers if worker.task])

    async def _serve(self) -> None:
        last = self._clock.now()
        while True:
            self._woken.clear()
            self._ended = False
            if await self._begin():
                last = self._clock.now()
            elif self._clock.now() - last >= _IDLE:
                self._close()
            await sleep_unless(self._clock, self._store.pause(_LOOK_EVERY).total_seconds(), self._woken)
            if not self._ended:
                await self._clock.sleep(_BETWEEN_LOOKS)

    async def _stop(self) -> None:
        tasks = [worker.task for worker in self._workers if worker.task]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for worker in self._workers:
            worker.task = worker.job = worker.since = None
        self._close()

    def _close(self) -> None:
        for worker in self._workers:
            worker.process.close()

    # --- which job, where

    async def _begin(self) -> bool:
        """Start the next job in each free process. Returns whether any process is working."""
        for worker in self._workers:
            if worker.task and worker.task.done():
                ended, worker.task = worker.task, None
                ended.result()  # raises the error of a defect in our own code
        await self._make_way()
        for worker in self._workers:
            if worker.task is None and (job := await self._with_retries(partial(self._claim, worker))):
                worker.job, worker.since = job, self._stopwatch.now()
                worker.task = asyncio.create_task(self._do(worker, job))
                worker.task.add_done_callback(self._freed)
        return any(worker.task for worker in self._workers)

    def _freed(self, _task: asyncio.Task[None]) -> None:
        self._ended = True
        self._woken.set()

    async def _claim(self, worker: _Worker, tx: Transaction) -> ClaimedJob | None:
        """Mark the next job for a process as running and return it; None if there is none.

        Jobs that were cut off by a crash are set to waiting before.
        """
        if self._lease:
            await self._lease.check(tx)
        under_way = {busy.job.id for busy in self._workers if busy.job}
        await job_store.recover(tx, under_way)
        # A job that runs here is waiting again if the data that it read were changed by an erasure: its first run ends
        # before the next begins.
        chosen = self._choose(worker, [job for job in await job_store.waiting(tx) if job.id not in under_way])
        worker.lent = worker is self._reserved and chosen is not None and not chosen.of_organiser
        return await job_store.claim(tx, chosen.id) if chosen else None

    def _choose(self, worker: _Worker, waiting: Sequence[WaitingJob]) -> WaitingJob | None:
        now = self._stopwatch.now()
        if worker is self._reserved:
            helps = self._shared.held_up(now)
            able = [job for job in waiting if job.of_organiser or (helps and job.id not in self._slow)]
            return able[0] if able else None  # jobs of organisers come first
        able = [job for job in waiting if not job.of_organiser or self._seconds(job.kind) <= SECONDS]
        urgent = [job for job in able if job.of_organiser and self._reserved.held_up(now)]
        return min(urgent or able, key=lambda job: job.id, default=None)

    def _seconds(self, kind: str) -> float:
        """Return how many seconds a job of a kind may take; 0 for a kind that no longer exists."""
        return self._kinds[kind].seconds if kind in self._kinds else 0

    async def _make_way(self) -> None:
        """Stop a job of someone else in the organisers' process, if an organiser has waited for long enough."""
        worker = self._reserved
        if not (worker.lent and worker.task and worker.job and worker.held_up(self._stopwatch.now())):
            return
        if not any(job.of_organiser for job in await self._with_retries(job_store.waiting, self._store.read)):
            return
        task, job = worker.task, worker.job
        task.cancel()
        await asyncio.wait([task])
        if task.cancelled():
            self._slow.add(job.id)
            await self._with_retries(lambda tx: job_store.put_back(tx, job.id))
        worker.task = None

    # --- one job

    async def _do(self, worker: _Worker, job: ClaimedJob) -> None:
        reference = job.reference or new_reference()
        set_reference(reference)
        try:
            await self._try(worker, job, reference)
        finally:
            worker.job = worker.since = None

    async def _try(self, worker: _Worker, job: ClaimedJob, reference: str) -> None:
        kind = self._kinds.get(job.kind)
        try:
            if job.attempts > _TRIES:
                raise WorkerDied
            if kind is None:
                raise LookupError(f"no job is called {job.kind}")
            payload, _started = await asyncio.gather(self._payload(kind, job), worker.process.start())
            with JOB_SECONDS.timing(job.kind):
                result = await self._work(worker, job, kind, payload)
            await self._end(job, lambda tx, person: kind.finish(tx, person, result))
            JOBS.count(job.kind, "done")
        except LeaseLost:
            raise
        except UserError as error:
            await self._end(job, _saying(View((error.text,), error.buttons)))
            JOBS.count(job.kind, "refused")
        except FilesAway as error:
            log.warning("background.job_without_files", job=job.id, kind=job.kind, reason=error.strerror)
            await self._end(job, _saying(_FILES_AWAY))
            JOBS.count(job.kind, "refused")
        except (_DeadlinePassed, MemoryError) as error:
            assert kind is not None
            log.warning("background.job_stopped", job=job.id, kind=job.kind, reason=type(error).__name__)
            await self._end(job, _saying(_stopped(kind, too_large=isinstance(error, MemoryError))))
            JOBS.count(job.kind, "stopped")
        except Exception as error:
            if isinstance(error, WorkerDied) and job.attempts < _TRIES:
                log.warning("background.job_repeated", job=job.id, kind=job.kind)
                JOBS.count(job.kind, "repeated")
                return
            log.exception("background.job_failed", job=job.id, kind=job.kind)
            await self._end(job, _saying(_failed(reference)))
            JOBS.count(job.kind if kind else "unknown", "failed")

    async def _work(self, worker: _Worker, job: ClaimedJob, kind: Job, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run the work in a process and return its result; stop the work when its time is over.

        Raises _DeadlinePassed, and what the work raises.
        """
        began, left = self._stopwatch.now(), kind.seconds - self._spent.get(job.id, 0)
        work = asyncio.ensure_future(worker.process.do(kind.work, {**payload, "files": self._files}, left))
        deadline = asyncio.ensure_future(self._stopwatch.sleep(left))
        try:
            await asyncio.wait({work, deadline}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise _DeadlinePassed
            return work.result()
        except WorkerDied:
            spent = (self._stopwatch.now() - began).total_seconds()
            self._spent[job.id] = self._spent.get(job.id, 0) + spent
            raise
        finally:
            deadline.cancel()
            if work.cancel():
                await asyncio.wait({work})
            if kind.ends_process:
                worker.process.close()

    async def _end(self, job: ClaimedJob, tell: Tell) -> None:
        """Delete a job and send its result to who asked, unless they were erased or the job has to run again."""

        async def unit(tx: Transaction) -> None:
            if self._lease:
                await self._lease.check(tx)
            person = await participant_store.find(tx, job.participant_id)
            if person and await job_store.end(tx, job.id):
                required = job.required
                refused = refusal(required)
                view = await tell(tx, person) if person.may(required) else View((refused.text,), refused.buttons)
                if view is None:
                    return
                if person.may(required):
                    view = replace(view, who=required if view.who is None else view.who)
                view = folded(view, most_for(view, leads=person.may(Who.FACILITATOR)))
                now = self._clock.now()
                await self._notify(tx, person.id, view, now, Telling.PRESSING_ANSWER, account_id=job.account_id)

        await self._with_retries(unit)
        self._spent.pop(job.id, None)
        self._slow.discard(job.id)
        self._wake_delivery()

    async def _payload(self, kind: Job, job: ClaimedJob) -> Mapping[str, Any]:
        """Return the data for the work of a job, with the present colour and logos if something is drawn."""

        async def unit(tx: Transaction) -> Mapping[str, Any]:
            payload = await kind.read(tx, job.payload, self._declared) if kind.read else job.payload
            return await dressed(tx, payload)

        return await self._with_retries(unit, self._store.read)

    async def _with_retries(self, unit: Unit[T], within: Callable[[Unit[T]], Awaitable[T]] | None = None) -> T:
        perform = within or self._store.transact
        return await retry_until_available(
            lambda: perform(unit),
            self._clock,
            _STORE_ASKED_AGAIN,
            lambda error: log.warning("background.jobs_waiting", reason=str(error)),
        )


def _saying(view: View) -> Tell:
    async def tell(_tx: Transaction, _person: Participant) -> View:
        return view

    return tell


def _failed(reference: str) -> View:
    return View(
        (
            _(
                "That did not work, the fault is ours. Nothing was changed: try again, or give the team this"
                " number: {reference}.",
                reference=reference,
            ),
        )
    )


def _stopped(kind: Job, *, too_large: bool) -> View:
    """Return the message that a job was stopped, because it took too long or, with `too_large`, too much memory."""
    minutes = round(kind.seconds / 60)
    happened = (
        _("This was too big for me, so I stopped.")
        if too_large
        else _n(
            "This took longer than {count} minute, so I stopped.",
            "This took longer than {count} minutes, so I stopped.",
            minutes,
        )
    )
    return View((happened, _("Nothing was changed. I will not try again by myself."), kind.instead))
