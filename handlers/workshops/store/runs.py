"""The SQL that finds runs: phases in one group each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clock import from_micros, instant_or_none, to_micros
from bot.database.engine import Row, Transaction
from handlers.workshops.model import PhaseRun

RUN_COLUMNS = (
    "r.id, r.group_id, r.phase, r.state, r.started_at, r.ends_at, r.remaining, r.revealed_at, r.ended_at, r.writer_id"
)
RUNS = f"SELECT {RUN_COLUMNS} FROM phase_runs r"


def run_of_row(row: Row) -> PhaseRun:
    """Return the run in a row of a query that selects RUN_COLUMNS."""
    left = row["remaining"]
    return PhaseRun(
        row["id"],
        row["group_id"],
        row["phase"],
        row["state"],
        from_micros(row["started_at"]),
        instant_or_none(row["ends_at"]),
        None if left is None else timedelta(microseconds=left),
        instant_or_none(row["revealed_at"]),
        instant_or_none(row["ended_at"]),
        row["writer_id"],
    )


async def find_run(tx: Transaction, run_id: int) -> PhaseRun | None:
    """Return the run with this id; None where there is none."""
    row = await tx.one(f"{RUNS} WHERE r.id = :id", id=run_id)
    return run_of_row(row) if row else None


async def run_of_group(tx: Transaction, group_id: int, phase: str) -> PhaseRun | None:
    """Return the run of a phase in a group; None before the phase began there. `phase` is a key."""
    row = await tx.one(f"{RUNS} WHERE r.group_id = :group AND r.phase = :phase", group=group_id, phase=phase)
    return run_of_row(row) if row else None


async def runs_of_group(tx: Transaction, group_id: int) -> Sequence[PhaseRun]:
    """Return all runs of a group, in the order they began."""
    return [
        run_of_row(row)
        for row in await tx.all(f"{RUNS} WHERE r.group_id = :group ORDER BY r.started_at, r.id", group=group_id)
    ]


async def open_run_of(tx: Transaction, group_id: int) -> PhaseRun | None:
    """Return the running or paused run of a group; None while the group is in no phase."""
    row = await tx.one(f"{RUNS} WHERE r.group_id = :group AND r.state <> 'ended'", group=group_id)
    return run_of_row(row) if row else None


async def latest_run_of_person(tx: Transaction, participant_id: int) -> PhaseRun | None:
    """Return the open run of a participant's group in any round; without one, the run that began last in their groups.

    Returns None before any phase began in a group of the participant.
    """
    row = await tx.one(
        f"{RUNS} JOIN members m ON m.group_id = r.group_id WHERE m.participant_id = :person"
        " ORDER BY CASE WHEN r.state = 'ended' THEN 1 ELSE 0 END, r.started_at DESC, r.id DESC LIMIT 1",
        person=participant_id,
    )
    return run_of_row(row) if row else None


async def runs_of_groups(tx: Transaction, round_number: int) -> Sequence[PhaseRun]:
    """Return all runs of the groups of a round, in the order they began."""
    rows = await tx.all(
        f"{RUNS} JOIN groups g ON g.id = r.group_id WHERE g.round = :round ORDER BY r.started_at, r.id",
        round=round_number,
    )
    return [run_of_row(row) for row in rows]


async def last_round_begun(tx: Transaction) -> int:
    """Return the highest number of a round in which a group began a phase; 0 if no phase has begun."""
    row = await tx.one("SELECT MAX(g.round) AS last FROM phase_runs r JOIN groups g ON g.id = r.group_id")
    return (row["last"] or 0) if row else 0


async def was_started(tx: Transaction, since: datetime) -> bool:
    """Return whether a phase began in any group after `since`."""
    row = await tx.one("SELECT 1 AS one FROM phase_runs WHERE started_at > :since LIMIT 1", since=to_micros(since))
    return row is not None
