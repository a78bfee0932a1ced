"""Living a phase: beginning, more time, a break, the end; and what is due.

Each change is one statement under a condition: where things are no longer as they should be, it changes nothing and
says so, so that two people pressing at once have one effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction
from handlers.workshops.model import PhaseRun
from handlers.workshops.store import RUNS, run, run_of_row

_MICROSECOND = timedelta(microseconds=1)
_NONE_OPEN = "NOT EXISTS (SELECT 1 FROM phase_runs o WHERE o.group_id = :group AND o.state <> 'ended')"


async def start(
    tx: Transaction,
    phase: str,
    group_ids: Iterable[int],
    now: datetime,
    length: timedelta,
    *,
    warning: timedelta,
    warned_beyond: timedelta,
    by: int | None,
    revealed: bool = False,
) -> Sequence[PhaseRun]:
    """Begin a phase for groups, anew for one that had ended it; not for those that are in a phase. What began.

    People are warned `warning` before its end, once, as long as it lasts longer than `warned_beyond`.
    """
    begun = []
    for group_id in group_ids:
        values = {
            "group": group_id,
            "phase": phase,
            "now": to_micros(now),
            "ends": to_micros(now + length),
            "length": round(length / _MICROSECOND),
            "warning": round(warning / _MICROSECOND),
            "beyond": round(warned_beyond / _MICROSECOND),
            "by": by,
            "revealed": to_micros(now) if revealed else None,
        }
        row = await tx.one(
            "INSERT INTO phase_runs (group_id, phase, started_at, started_by, ends_at, length, warning, warned_beyond,"
            " revealed_at) SELECT g.id, :phase, :now, CAST(:by AS BIGINT), :ends, :length, :warning, :beyond,"
            " CAST(:revealed AS BIGINT) FROM groups g WHERE g.id = :group ON CONFLICT DO NOTHING RETURNING id",
            **values,
        ) or await tx.one(
            "UPDATE phase_runs SET state = 'running', started_at = :now, started_by = CAST(:by AS BIGINT),"
            " ends_at = :ends, remaining = NULL, ended_at = NULL, length = :length, warning = :warning,"
            " warned_beyond = :beyond, warned = 0,"
            " revealed_at = COALESCE(revealed_at, CAST(:revealed AS BIGINT))"
            f" WHERE group_id = :group AND phase = :phase AND state = 'ended' AND {_NONE_OPEN} RETURNING id",
            **values,
        )
        if row is not None and (begun_one := await run(tx, row["id"])) is not None:
            begun.append(begun_one)
    return begun


async def call_off(tx: Transaction, begun: PhaseRun, before: PhaseRun | None) -> bool:
    """Undo a start: the phase is as it was `before`, ended, or (None) was never begun; what was said in it stays.

    False where it does not run as it began any more.
    """
    as_begun = "id = :id AND state = 'running' AND started_at = :started"
    values = {"id": begun.id, "started": to_micros(begun.started_at)}
    if before is None:
        return bool(await tx.run(f"DELETE FROM phase_runs WHERE {as_begun}", **values))
    return bool(
        await tx.run(
            "UPDATE phase_runs SET state = 'ended', started_at = :before, ends_at = NULL, remaining = NULL,"
            f" ended_at = :ended, revealed_at = CAST(:revealed AS BIGINT) WHERE {as_begun}",
            **values,
            before=to_micros(before.started_at),
            ended=_micros(before.ended_at),
            revealed=_micros(before.revealed_at),
        )
    )


async def move_end(tx: Transaction, run_id: int, by: timedelta, now: datetime) -> PhaseRun | None:
    """Let an open phase end later, or earlier (never before now); None for one that ended."""
    return await _changed(
        tx,
        run_id,
        "ends_at = CASE WHEN ends_at + :by < :now THEN :now ELSE ends_at + :by END,"
        " remaining = CASE WHEN remaining + :by < 0 THEN 0 ELSE remaining + :by END, length = length + :by",
        "state <> 'ended'",
        by=round(by / _MICROSECOND),
        now=to_micros(now),
    )


async def pause(tx: Transaction, run_id: int, now: datetime) -> PhaseRun | None:
    """Stop the clock of a phase that runs; None for any other."""
    return await _changed(
        tx,
        run_id,
        "state = 'paused', remaining = CASE WHEN ends_at > :now THEN ends_at - :now ELSE 0 END, ends_at = NULL",
        "state = 'running'",
        now=to_micros(now),
    )


async def resume(tx: Transaction, run_id: int, now: datetime) -> PhaseRun | None:
    """Let the clock of a paused phase go on; None for any other."""
    return await _changed(
        tx,
        run_id,
        "state = 'running', ends_at = :now + remaining, remaining = NULL",
        "state = 'paused'",
        now=to_micros(now),
    )


async def end(tx: Transaction, run_id: int, ended_at: datetime) -> PhaseRun | None:
    """End an open phase, and reveal its ideas; None for one that ended."""
    return await _changed(
        tx,
        run_id,
        "state = 'ended', ended_at = :at, ends_at = NULL, remaining = NULL, revealed_at = COALESCE(revealed_at, :at)",
        "state <> 'ended'",
        at=to_micros(ended_at),
    )


async def reopen(
    tx: Transaction,
    ended: PhaseRun,
    now: datetime,
    remaining: timedelta,
    *,
    paused: bool,
    revealed_at: datetime | None,
) -> PhaseRun | None:
    """Undo the end of a phase: so much time is left. None where it ended anew since, or another began."""
    return await _changed(
        tx,
        ended.id,
        "state = :state, ended_at = NULL, ends_at = CAST(:ends AS BIGINT), remaining = CAST(:remaining AS BIGINT),"
        " revealed_at = CAST(:revealed AS BIGINT)",
        f"state = 'ended' AND ended_at = :ended AND {_NONE_OPEN}",
        state="paused" if paused else "running",
        ends=None if paused else to_micros(now + remaining),
        remaining=round(remaining / _MICROSECOND) if paused else None,
        revealed=_micros(revealed_at),
        ended=_micros(ended.ended_at),
        group=ended.group_id,
    )


async def reveal(tx: Transaction, run_id: int, now: datetime) -> PhaseRun | None:
    """Let the group read its ideas; None where it does already, or the phase ended."""
    return await _changed(
        tx, run_id, "revealed_at = :now", "revealed_at IS NULL AND state <> 'ended'", now=to_micros(now)
    )


async def conceal(tx: Transaction, run_id: int) -> PhaseRun | None:
    """Undo revealing; None where the phase ended."""
    return await _changed(tx, run_id, "revealed_at = NULL", "state <> 'ended'")


async def set_writer(tx: Transaction, run_id: int, participant_id: int) -> None:
    """Note who writes down what the group keeps of a phase, until someone else takes over."""
    await tx.run("UPDATE phase_runs SET writer_id = :person WHERE id = :run", run=run_id, person=participant_id)


async def end_breaks_before(tx: Transaction, group_id: int, now: datetime) -> None:
    """End what the members of a group left in a break in groups of earlier rounds: nobody goes on with that."""
    await tx.run(
        "UPDATE phase_runs SET state = 'ended', ended_at = :now, remaining = NULL,"
        " revealed_at = COALESCE(revealed_at, :now) WHERE state = 'paused' AND group_id IN"
        " (SELECT b.group_id FROM members m JOIN members b ON b.participant_id = m.participant_id"
        " AND b.round < m.round WHERE m.group_id = :group)",
        group=group_id,
        now=to_micros(now),
    )


# --- what is due


async def next_due(tx: Transaction) -> datetime | None:
    """When the first phase ends or is warned of."""
    row = await tx.one(
        "SELECT MIN(CASE WHEN warned = 0 AND length > warned_beyond THEN ends_at - warning ELSE ends_at END) AS due"
        " FROM phase_runs WHERE state = 'running'"
    )
    return from_micros(row["due"]) if row and row["due"] is not None else None


async def due_ends(tx: Transaction, now: datetime, most: int) -> Sequence[PhaseRun]:
    """Phases whose time is over, the first first."""
    rows = await tx.all(
        f"{RUNS} WHERE r.state = 'running' AND r.ends_at <= :now ORDER BY r.ends_at, r.id LIMIT :most",
        now=to_micros(now),
        most=most,
    )
    return [run_of_row(row) for row in rows]


async def due_warnings(tx: Transaction, now: datetime, most: int) -> Sequence[PhaseRun]:
    """Phases to be warned of, the first first."""
    rows = await tx.all(
        f"{RUNS} WHERE r.state = 'running' AND r.warned = 0 AND r.length > r.warned_beyond"
        " AND r.ends_at - r.warning <= :now ORDER BY r.ends_at - r.warning, r.id LIMIT :most",
        now=to_micros(now),
        most=most,
    )
    return [run_of_row(row) for row in rows]


async def mark_warned(tx: Transaction, run_id: int) -> None:
    """Note that the warning was given."""
    await tx.run("UPDATE phase_runs SET warned = 1 WHERE id = :id", id=run_id)


async def _changed(tx: Transaction, run_id: int, change: str, where: str, **values: object) -> PhaseRun | None:
    if not await tx.run(f"UPDATE phase_runs SET {change} WHERE id = :id AND {where}", id=run_id, **values):
        return None
    return await run(tx, run_id)


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else to_micros(instant)
