"""Stores background jobs: one row for each, from the request until the result is stored."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import to_micros
from bot.content.roles import Required, Who, required, stored
from bot.content.texts import _
from bot.content.views import JobRequest, View
from bot.database.engine import Transaction
from bot.people.participants import Account

GIVEN_UP = View((_("I stopped: this named someone who has just erased their data. Nothing was changed, try again."),))
"""The message to a person whose job was stopped because it used data of someone who has been erased."""

_MOST_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this program is running. `attempts` is how often the job was started, including this time.

    The participant `participant_id` asked for the job. The result is sent to their account `account_id`, or to the
    account that they prefer if `account_id` is 0. `who` and `role` say which role they must still have when the result
    is sent; without it they get a refusal. Log lines about the job have its `reference`.
    """

    id: int
    kind: str
    payload: Mapping[str, Any]
    participant_id: int
    account_id: int
    attempts: int
    who: int
    role: str
    reference: str | None

    @property
    def required(self) -> Required:
        """Return the role that the participant must still have when the result of the job is sent."""
        return required(self.who, self.role)


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """A job (long work in the background) that may be started; `of_organiser` is True if an organiser asked for it."""

    id: int
    kind: str
    of_organiser: bool


async def count(tx: Transaction) -> int:
    """Return how many jobs, long work in the background, are waiting or running."""
    return await tx.value(int, "SELECT COUNT(*) FROM jobs")


async def ask(
    tx: Transaction,
    job: JobRequest,
    participant_id: int,
    account: Account | None,
    now: datetime,
    *,
    who: Required = Who.ANYONE,
) -> bool:
    """Add a job for a participant, unless they have a job of the same kind that waits; return whether it was added.

    A job that is already running does not count as waiting. The result is sent to `account`; None means the account
    that the participant prefers. `who` is the role that the participant must still have when the result is sent;
    otherwise they get a refusal.
    """
    waiting = await tx.one(
        "SELECT 1 AS waits FROM jobs WHERE participant_id = :participant AND kind = :kind AND state = 'waiting'",
        participant=participant_id,
        kind=job.kind,
    )
    if waiting is None:
        await add(tx, job, participant_id, account, now, who=who)
    return waiting is None


async def add(
    tx: Transaction,
    job: JobRequest,
    participant_id: int,
    account: Account | None,
    now: datetime,
    *,
    who: Required = Who.ANYONE,
) -> None:
    """Add a job for a participant. The result is sent to `account`; None means the account that they prefer.

    `who` is the role that the participant must still have when the result is sent; otherwise they get a refusal.
    """
    rung, role = stored(who)
    await tx.run(
        "INSERT INTO jobs (kind, payload, participant_id, account_id, who, role, created_at, reference)"
        " VALUES (:kind, :payload, :participant, :account, :who, :role, :now, :reference)",
        kind=job.kind,
        payload=json.dumps(dict(job.payload), ensure_ascii=False),
        participant=participant_id,
        account=(account.id if account else None) or 0,
        who=rung,
        role=role,
        now=to_micros(now),
        reference=tx.reference,
    )


async def is_wanted(tx: Transaction, reference: str | None) -> bool:
    """Return whether the job that a transaction with this reference asked for is still waiting or running.

    None stands for no reference; the result is then False.
    """
    return await tx.exists("SELECT 1 FROM jobs WHERE reference = :reference", reference=reference)


async def waiting(tx: Transaction) -> Sequence[WaitingJob]:
    """Return at most 200 jobs that may be started now, organisers' jobs first, and older jobs before newer ones.

    Jobs of people who have another job running are left out. The caller decides which of the jobs to start.
    """
    return await tx.rows(
        WaitingJob,
        "SELECT j.id, j.kind, p.organises AS of_organiser FROM jobs j JOIN participants p ON p.id = j.participant_id"
        " WHERE j.state = 'waiting' AND NOT EXISTS"
        " (SELECT 1 FROM jobs r WHERE r.participant_id = j.participant_id AND r.state = 'running')"
        " ORDER BY p.organises DESC, j.id LIMIT :most",
        most=_MOST_LOOKED_AT,
    )


async def claim(tx: Transaction, job_id: int) -> ClaimedJob | None:
    """Set a waiting job to running, and return it; None if the job is no longer waiting."""
    return await tx.row(
        ClaimedJob,
        "UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE id = :id AND state = 'waiting'"
        " RETURNING id, kind, payload, participant_id, account_id, attempts, who, role, reference",
        id=job_id,
    )


async def recover(tx: Transaction, under_way: Collection[int] = ()) -> None:
    """Set running jobs to waiting again, because the program or process that ran them has ended.

    Jobs with an id in `under_way` are left unchanged, because this program is running them.
    """
    rows = await tx.all("SELECT id FROM jobs WHERE state = 'running'")
    for row in rows:
        if row["id"] not in under_way:
            await tx.run("UPDATE jobs SET state = 'waiting' WHERE id = :id", id=row["id"])


async def put_back(tx: Transaction, job_id: int) -> None:
    """Set a running job to waiting again. The interrupted run does not count as an attempt."""
    await tx.run("UPDATE jobs SET state = 'waiting', attempts = attempts - 1 WHERE id = :id", id=job_id)


async def begin_again(tx: Transaction) -> int:
    """Set all running jobs to waiting again, because the data that they read have changed; return how many.

    The results of the interrupted runs are dropped.
    """
    return await tx.run("UPDATE jobs SET state = 'waiting', attempts = attempts - 1 WHERE state = 'running'")


async def remove(tx: Transaction, job_id: int) -> bool:
    """Delete a job and its payload. Returns False if the job does not exist any more."""
    return bool(await tx.run("DELETE FROM jobs WHERE id = :id", id=job_id))


async def end(tx: Transaction, job_id: int) -> bool:
    """Delete a job whose run is over.

    Returns False if the job does not exist any more, or if it is waiting to run again; then nothing is deleted.
    """
    return bool(await tx.run("DELETE FROM jobs WHERE id = :id AND state = 'running'", id=job_id))
