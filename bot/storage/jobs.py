"""Work too long for a transaction: one row from the commit that asked for it to the commit that keeps its result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import to_micros
from bot.domain.participants import Account, Who
from bot.storage.engine import Transaction
from bot.views import JobRequest


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is this program's to do. `attempts` counts the runs that did not end, this one included.

    Its result is for `who` alone.
    """

    id: int
    kind: str
    payload: Mapping[str, Any]
    participant_id: int
    account_id: int
    attempts: int
    who: Who


async def add(
    tx: Transaction,
    job: JobRequest,
    participant_id: int,
    account: Account | None,
    now: datetime,
    *,
    who: Who = Who.ANYONE,
) -> None:
    """Note work that a participant asked for, from one of their accounts; None answers on the one they prefer.

    What it leads to is for `who` alone: it comes to nothing where they are that no longer.
    """
    await tx.run(
        "INSERT INTO jobs (kind, payload, participant_id, account_id, who, created_at)"
        " VALUES (:kind, :payload, :participant, :account, :who, :now)",
        kind=job.kind,
        payload=json.dumps(dict(job.payload), ensure_ascii=False),
        participant=participant_id,
        account=(account.id if account else None) or 0,
        who=int(who),
        now=to_micros(now),
    )


async def claim(tx: Transaction) -> Claimed | None:
    """The job that waits longest, now running; None when none waits."""
    row = await tx.one(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1"
        " WHERE id = (SELECT MIN(id) FROM jobs WHERE state = 'waiting')"
        " RETURNING id, kind, payload, participant_id, account_id, attempts, who"
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
        Who(row["who"]),
    )


async def recover(tx: Transaction) -> int:
    """Put back what was running in a program, or a process, that ended; how many."""
    return await tx.run("UPDATE jobs SET state = 'waiting' WHERE state = 'running'")


async def remove(tx: Transaction, job_id: int) -> bool:
    """Forget a job that ended, and what it worked on. False when it was forgotten before."""
    return bool(await tx.run("DELETE FROM jobs WHERE id = :id", id=job_id))
