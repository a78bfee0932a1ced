"""The SQL that changes runs: it begins, extends, pauses, ends and reveals them, and undoes each of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.clock import micros_or_none, to_micros
from bot.database.engine import Transaction
from handlers.workshops.model import PhaseRun
from handlers.workshops.store.runs import find_run

_MICROSECOND = timedelta(microseconds=1)
_NONE_OPEN = "NOT EXISTS (SELECT 1 FROM phase_runs o WHERE o.group_id = :group AND o.state <> 'ended')"


async def begin_runs(
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
    """Begin a phase in groups, and return the runs (one phase in one group each) that began.

    Groups that have had the phase have it once more. Nothing begins in groups that are in a phase. `phase` is a key and
    `length` the time until the end. People are warned once, `warning` before the end, if the phase lasts longer than
    `warned_beyond`. `by` is the id of the person who starts the phase, None for nobody. With `revealed`, members can
    read all ideas from the beginning.
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
        if row is not None and (run := await find_run(tx, row["id"])) is not None:
            begun.append(run)
    return begun


async def undo_begin(tx: Transaction, begun: PhaseRun, before: PhaseRun | None) -> bool:
    """Undo the start of a run (one phase in one group). Returns False if the run has changed since it began.

    `before` is the group's earlier, ended run of the phase, which is restored; None if there was none, so the run is
    deleted. Ideas given in the run are kept.
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
            ended=micros_or_none(before.ended_at),
            revealed=micros_or_none(before.revealed_at),
        )
    )


async def move_end(tx: Transaction, run_id: int, by: timedelta, now: datetime) -> PhaseRun | None:
    """Move the end of an open run (one phase in one group) by `by` (negative for earlier), but never to before `now`.

    Returns the changed run; None if it has ended.
    """
    return await _changed(
        tx,
        run_id,
        "ends_at = CASE WHEN ends_at + :by < :now THEN :now ELSE ends_at + :by END,"
        " remaining = CASE WHEN remaining + :by < 0 THEN 0 ELSE remaining + :by END, length = length + :by",
        "state <> 'ended'",
        by=round(by / _MICROSECOND),
        now=to_micros(now),
    )


async def pause_run(tx: Transaction, run_id: int, now: datetime) -> PhaseRun | None:
    """Stop the clock of a run (one phase in one group). Returns the changed run; None if it is not running."""
    return await _changed(
        tx,
        run_id,
        "state = 'paused', remaining = CASE WHEN ends_at > :now THEN ends_at - :now ELSE 0 END, ends_at = NULL",
        "state = 'running'",
        now=to_micros(now),
    )


async def resume_run(tx: Transaction, run_id: int, now: datetime) -> PhaseRun | None:
    """Start the clock of a paused run (one phase in one group) again. Returns the run; None if it is not paused."""
    return await _changed(
        tx,
        run_id,
        "state = 'running', ends_at = :now + remaining, remaining = NULL",
        "state = 'paused'",
        now=to_micros(now),
    )


async def end_run(tx: Transaction, run_id: int, ended_at: datetime) -> PhaseRun | None:
    """End an open run (one phase in one group) at `ended_at` and reveal its ideas.

    Returns the changed run; None if it had ended before.
    """
    return await _changed(
        tx,
        run_id,
        "state = 'ended', ended_at = :at, ends_at = NULL, remaining = NULL, revealed_at = COALESCE(revealed_at, :at)",
        "state <> 'ended'",
        at=to_micros(ended_at),
    )


async def reopen_run(
    tx: Transaction,
    ended: PhaseRun,
    now: datetime,
    remaining: timedelta,
    *,
    paused: bool,
    revealed_at: datetime | None,
) -> PhaseRun | None:
    """Undo the end of a run (one phase in one group), so that `remaining` time is left. Returns the open run.

    `ended` is the run as it ended. With `paused`, it is reopened as paused. `revealed_at` is when its ideas had been
    revealed, None if they had not. Returns None if the run was reopened and ended again since, or the group is in
    another phase.
    """
    return await _changed(
        tx,
        ended.id,
        "state = :state, ended_at = NULL, ends_at = CAST(:ends AS BIGINT), remaining = CAST(:remaining AS BIGINT),"
        " revealed_at = CAST(:revealed AS BIGINT)",
        f"state = 'ended' AND ended_at = :ended AND {_NONE_OPEN}",
        state="paused" if paused else "running",
        ends=None if paused else to_micros(now + remaining),
        remaining=round(remaining / _MICROSECOND) if paused else None,
        revealed=micros_or_none(revealed_at),
        ended=micros_or_none(ended.ended_at),
        group=ended.group_id,
    )


async def reveal_run(tx: Transaction, run_id: int, now: datetime) -> PhaseRun | None:
    """Let a group read all its ideas of an open run (one phase in one group), and return the changed run.

    Returns None if the ideas were revealed already, or the run has ended.
    """
    return await _changed(
        tx, run_id, "revealed_at = :now", "revealed_at IS NULL AND state <> 'ended'", now=to_micros(now)
    )


async def conceal_run(tx: Transaction, run_id: int) -> PhaseRun | None:
    """Undo revealing the ideas of an open run (one phase in one group). Returns the run; None if it has ended."""
    return await _changed(tx, run_id, "revealed_at = NULL", "state <> 'ended'")


async def set_writer(tx: Transaction, run_id: int, participant_id: int) -> None:
    """Set which participant writes the synthesis of a run (one phase in one group): what the group keeps of all ideas.

    Another participant may replace this one later.
    """
    await tx.run("UPDATE phase_runs SET writer_id = :person WHERE id = :run", run=run_id, person=participant_id)


async def end_breaks_before(tx: Transaction, group_id: int, now: datetime) -> None:
    """End the paused phases of earlier days in groups that share a member with this group, as nobody continues them."""
    await tx.run(
        "UPDATE phase_runs SET state = 'ended', ended_at = :now, remaining = NULL,"
        " revealed_at = COALESCE(revealed_at, :now) WHERE state = 'paused' AND group_id IN"
        " (SELECT b.group_id FROM members m JOIN members b ON b.participant_id = m.participant_id"
        " AND b.round < m.round WHERE m.group_id = :group)",
        group=group_id,
        now=to_micros(now),
    )


async def _changed(tx: Transaction, run_id: int, change: str, where: str, **values: object) -> PhaseRun | None:
    if not await tx.run(f"UPDATE phase_runs SET {change} WHERE id = :id AND {where}", id=run_id, **values):
        return None
    return await find_run(tx, run_id)
