"""The SQL of what is due in runs: their ends, and the warnings before these."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from handlers.workshops.model import PhaseRun
from handlers.workshops.store.runs import RUNS


async def next_phase_due(tx: Transaction) -> datetime | None:
    """Return the time of the next end of a phase, or of the next warning; None if no phase is running."""
    return await tx.value_or_none(
        datetime,
        "SELECT MIN(CASE WHEN warned = 0 AND length > warned_beyond THEN ends_at - warning ELSE ends_at END) AS due"
        " FROM phase_runs WHERE state = 'running'",
    )


async def due_ends(tx: Transaction, now: datetime, most: int) -> Sequence[PhaseRun]:
    """Return at most `most` open runs (one phase in one group each) whose time is over, earliest end first."""
    return await tx.rows(
        PhaseRun,
        f"{RUNS} WHERE r.state = 'running' AND r.ends_at <= :now ORDER BY r.ends_at, r.id LIMIT :most",
        now=to_micros(now),
        most=most,
    )


async def due_warnings(tx: Transaction, now: datetime, most: int) -> Sequence[PhaseRun]:
    """Return at most `most` runs (one phase in one group each) whose end must be announced now, earliest first."""
    return await tx.rows(
        PhaseRun,
        f"{RUNS} WHERE r.state = 'running' AND r.warned = 0 AND r.length > r.warned_beyond"
        " AND r.ends_at - r.warning <= :now ORDER BY r.ends_at - r.warning, r.id LIMIT :most",
        now=to_micros(now),
        most=most,
    )


async def was_warned(tx: Transaction, run_id: int) -> bool:
    """Return whether a group was warned that its phase ends soon. `run_id` is the id of its run of the phase."""
    return await tx.value(bool, "SELECT warned FROM phase_runs WHERE id = :id", id=run_id)


async def mark_warned(tx: Transaction, run_id: int) -> None:
    """Store that a group was warned that its phase ends soon. `run_id` is the id of the group's run of the phase."""
    await tx.run("UPDATE phase_runs SET warned = 1 WHERE id = :id", id=run_id)
