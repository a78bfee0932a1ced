"""Work too long for a transaction: one row from the commit that asked for it to the commit that keeps its result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import to_micros
from bot.domain.participants import Account
from bot.storage.engine import Transaction
from bot.texts import _
from bot.views import JobRequest, View

GIVEN_UP = View(
    (_("What you asked for spoke of someone who has erased their data meanwhile, so it was stopped. Ask again."),)
)
"""What is told to who asked for work that someone's erasure ended."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is this program's to do. `attempts` counts the runs that did not end, this one included."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    participant_id: int
    account_id: int
    attempts: int


async def add(tx: Transaction, job: JobRequest, participant_id: int, account: Account | None, now: datetime) -> None:
    """Note work that a participant asked for, from one of their accounts; None answers on the one they prefer."""
    await tx.run(
        "INSERT INTO jobs (kind, payload, participant_id, account_id, created_at)"
        " VALUES (:kind, :payload, :participant, :account, :now)",
        kind=job.kind,
        payload=json.dumps(dict(job.payload), ensure_ascii=False),
        participant=participant_id,
        account=(account.id if account else None) or 0,
        now=to_micros(now),
    )


async def claim(tx: Transaction) -> Claimed | None:
    """The job that waits longest, now running; None when none waits."""
    row = await tx.one(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1"
        " WHERE id = (SELECT MIN(id) FROM jobs WHERE state = 'waiting')"
        " RETURNING id, kind, payload, participant_id, account_id, attempts"
    )
    if row is None:
        return None
    return Claimed(
        row["id"],
        row["kind"],
        json.loads(row["payload"]),
        row["participant_id"],
        row["account_id"],
        row["attempts"],
    )


async def recover(tx: Transaction) -> int:
    """Put back what was running in a program, or a process, that ended; how many."""
    return await tx.run("UPDATE jobs SET state = 'waiting' WHERE state = 'running'")


async def begin_again(tx: Transaction) -> int:
    """Have what is running done anew, as what it read is no longer so; how many. What it leads to now is dropped."""
    return await tx.run("UPDATE jobs SET state = 'waiting', attempts = attempts - 1 WHERE state = 'running'")


async def remove(tx: Transaction, job_id: int) -> bool:
    """Forget a job, and what it worked on. False when it was forgotten before."""
    return bool(await tx.run("DELETE FROM jobs WHERE id = :id", id=job_id))


async def end(tx: Transaction, job_id: int) -> bool:
    """Forget a job that ended. False when it was forgotten before, or is to be done anew."""
    return bool(await tx.run("DELETE FROM jobs WHERE id = :id AND state = 'running'", id=job_id))
