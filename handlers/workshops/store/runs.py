"""The SQL that finds runs, each of which is one phase in one group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from handlers.workshops.model import PhaseRun

RUN_COLUMNS = (
    "r.id, r.group_id, r.phase, r.state, r.started_at, r.ends_at, r.remaining, r.revealed_at, r.ended_at, r.writer_id"
)
RUNS = f"SELECT {RUN_COLUMNS} FROM phase_runs r"


async def find_run(tx: Transaction, run_id: int) -> PhaseRun | None:
    """Return the run (one phase in one group) with this id; None if there is none."""
    return await tx.row(PhaseRun, f"{RUNS} WHERE r.id = :id", id=run_id)


async def run_of_group(tx: Transaction, group_id: int, phase: str) -> PhaseRun | None:
    """Return a group's run of a phase (a key); None if the phase has never begun in the group."""
    return await tx.row(PhaseRun, f"{RUNS} WHERE r.group_id = :group AND r.phase = :phase", group=group_id, phase=phase)


async def runs_of_group(tx: Transaction, group_id: int) -> Sequence[PhaseRun]:
    """Return all runs (one phase in one group each) of a group, in the order in which they began."""
    return await tx.rows(PhaseRun, f"{RUNS} WHERE r.group_id = :group ORDER BY r.started_at, r.id", group=group_id)


async def open_run_of(tx: Transaction, group_id: int) -> PhaseRun | None:
    """Return the running or paused run (one phase in one group) of a group; None if the group is in no phase."""
    return await tx.row(PhaseRun, f"{RUNS} WHERE r.group_id = :group AND r.state <> 'ended'", group=group_id)


async def latest_run_of_person(tx: Transaction, participant_id: int) -> PhaseRun | None:
    """Return the open run (one phase in one group) of a participant's group, or else the run that began last.

    The participant's groups of all days are considered. Returns None if no phase has begun in them.
    """
    return await tx.row(
        PhaseRun,
        f"{RUNS} JOIN members m ON m.group_id = r.group_id WHERE m.participant_id = :person"
        " ORDER BY CASE WHEN r.state = 'ended' THEN 1 ELSE 0 END, r.started_at DESC, r.id DESC LIMIT 1",
        person=participant_id,
    )


async def runs_of_groups(tx: Transaction, round_number: int) -> Sequence[PhaseRun]:
    """Return all runs (one phase in one group each) of a round's groups (one day), in the order in which they began."""
    return await tx.rows(
        PhaseRun,
        f"{RUNS} JOIN groups g ON g.id = r.group_id WHERE g.round = :round ORDER BY r.started_at, r.id",
        round=round_number,
    )


async def last_round_begun(tx: Transaction) -> int:
    """Return the highest number of a round (day) whose groups have begun a phase; 0 if no phase has begun."""
    row = await tx.one("SELECT MAX(g.round) AS last FROM phase_runs r JOIN groups g ON g.id = r.group_id")
    return (row["last"] or 0) if row else 0


async def was_started(tx: Transaction, since: datetime) -> bool:
    """Return whether a phase began in any group after `since`."""
    return await tx.exists("SELECT 1 FROM phase_runs WHERE started_at > :since LIMIT 1", since=to_micros(since))
