"""Reads and writes phases, their runs in groups, calls for help, and the figures of the facilitators' panel."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.database.engine import Row, Transaction
from bot.delivery.delivery_store import may_be_written_to
from bot.people.facilitator_store import OF_GROUP
from handlers.groups.model import Group
from handlers.workshops.model import IdeaCount, Phase, PhaseRun

_PHASE = "SELECT key, position, title, instruction, example, minutes, collects FROM phases"
RUN_COLUMNS = (
    "r.id, r.group_id, r.phase, r.state, r.started_at, r.ends_at, r.remaining, r.revealed_at, r.ended_at, r.writer_id"
)
RUNS = f"SELECT {RUN_COLUMNS} FROM phase_runs r"
_OF_ROUND = "phase_runs r JOIN groups g ON g.id = r.group_id WHERE g.round = :round AND r.phase = h.key"
_UNTAKEN = (
    "calls c JOIN groups g ON g.id = c.group_id WHERE g.round = :round AND c.closed_at IS NULL AND c.taken_by IS NULL"
)
_PROGRESS = (
    "SELECT h.key, h.position, h.title, h.instruction, h.example, h.minutes, h.collects,"
    " (SELECT COUNT(*) FROM groups g WHERE g.round = :round) AS groups,"
    f" (SELECT COUNT(*) FROM {_OF_ROUND}) AS begun,"
    f" (SELECT COUNT(*) FROM {_OF_ROUND} AND r.state <> 'ended') AS open,"
    f" (SELECT MIN(r.ends_at) FROM {_OF_ROUND} AND r.state <> 'ended') AS ends,"
    f" (SELECT MAX(r.ended_at) FROM {_OF_ROUND}) AS ended,"
    " (SELECT COUNT(*) FROM groups g WHERE g.round = :round AND NOT EXISTS (SELECT 1 FROM phase_runs r"
    " WHERE r.group_id = g.id AND (r.phase = h.key OR r.state <> 'ended'))) AS to_start,"
    f" (SELECT COUNT(*) FROM {_UNTAKEN}) AS calls, (SELECT MIN(c.called_at) FROM {_UNTAKEN}) AS called"
    " FROM phases h ORDER BY h.position, h.key"
)


def is_shown(idea: str) -> str:
    """Return the condition `Idea.shown` in SQL; `idea` is the alias of an idea in the statement."""
    return f"{idea}.state = 'live' AND {idea}.hidden = 0"


def counts(idea: str) -> str:
    """Return the condition `Idea.counts` in SQL; `idea` is the alias of an idea in the statement."""
    return f"{is_shown(idea)} AND {idea}.merged_into IS NULL"


def _phase(row: Row) -> Phase:
    return Phase(
        row["key"],
        row["position"],
        json.loads(row["title"]),
        json.loads(row["instruction"]),
        json.loads(row["example"]),
        row["minutes"],
        row["collects"],
    )


def run_of_row(row: Row) -> PhaseRun:
    """Return the run in a row of a query that selects RUN_COLUMNS."""
    left = row["remaining"]
    return PhaseRun(
        row["id"],
        row["group_id"],
        row["phase"],
        row["state"],
        from_micros(row["started_at"]),
        _instant(row["ends_at"]),
        None if left is None else timedelta(microseconds=left),
        _instant(row["revealed_at"]),
        _instant(row["ended_at"]),
        row["writer_id"],
    )


# --- phases


async def all_phases(tx: Transaction) -> Sequence[Phase]:
    """Return every phase, in order."""
    return [_phase(row) for row in await tx.all(f"{_PHASE} ORDER BY position, key")]


async def find_phase(tx: Transaction, key: str) -> Phase | None:
    """Return the phase with a key; None where there is none."""
    row = await tx.one(f"{_PHASE} WHERE key = :key", key=key)
    return _phase(row) if row else None


async def put_phase(tx: Transaction, phase: Phase) -> None:
    """Add a phase, or replace the one with its key. Its runs and ideas stay."""
    await tx.run(
        "INSERT INTO phases (key, position, title, instruction, example, minutes, collects)"
        " VALUES (:key, :position, :title, :instruction, :example, :minutes, :collects)"
        " ON CONFLICT (key) DO UPDATE SET position = excluded.position, title = excluded.title,"
        " instruction = excluded.instruction, example = excluded.example, minutes = excluded.minutes,"
        " collects = excluded.collects",
        key=phase.key,
        position=phase.position,
        title=json.dumps(dict(phase.title), ensure_ascii=False),
        instruction=json.dumps(dict(phase.instruction), ensure_ascii=False),
        example=json.dumps(dict(phase.example), ensure_ascii=False),
        minutes=phase.minutes,
        collects=phase.collects,
    )


@dataclass(frozen=True, slots=True)
class PhaseProgress:
    """How many groups of a round have begun a phase, are in it (`open`), and could begin it now (`to_start`).

    A group can begin a phase that it has not had while no other phase is open there. `ends_at` is when the first open
    run ends, None while all are paused or none is open; `ended_at` is when the last run ended, None before any did.
    """

    phase: Phase
    begun: int
    open: int
    to_start: int
    ends_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """The progress of the groups of a round, phase by phase.

    `calls` counts the open calls that nobody has taken; `called_at` is when the first of them came, None without any.
    """

    groups: int
    phases: Sequence[PhaseProgress]
    calls: int
    called_at: datetime | None

    @property
    def over(self) -> bool:
        """Whether every group has had every phase."""
        return bool(self.groups) and all(phase.begun == self.groups and not phase.open for phase in self.phases)


async def progress(tx: Transaction, round_number: int) -> RoundProgress:
    """Return the progress of the groups of a round, all zero for a round without groups."""

    async def read(tx: Transaction) -> RoundProgress:
        rows = await tx.all(_PROGRESS, round=round_number)
        phases = [
            PhaseProgress(
                _phase(row), row["begun"], row["open"], row["to_start"], _instant(row["ends"]), _instant(row["ended"])
            )
            for row in rows
        ]
        if not rows:
            return RoundProgress(0, (), 0, None)
        return RoundProgress(rows[0]["groups"], phases, rows[0]["calls"], _instant(rows[0]["called"]))

    return await tx.once(f"progress:{round_number}", read)


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)


# --- runs: phases in one group each


async def find_run(tx: Transaction, run_id: int) -> PhaseRun | None:
    """Return a run by its id; None where there is none."""
    row = await tx.one(f"{RUNS} WHERE r.id = :id", id=run_id)
    return run_of_row(row) if row else None


async def run_of_group(tx: Transaction, group_id: int, phase: str) -> PhaseRun | None:
    """Return the run of a phase in a group; None before the phase began there."""
    row = await tx.one(f"{RUNS} WHERE r.group_id = :group AND r.phase = :phase", group=group_id, phase=phase)
    return run_of_row(row) if row else None


async def runs_of_group(tx: Transaction, group_id: int) -> Sequence[PhaseRun]:
    """Return all runs of a group, in the order they began."""
    return [
        run_of_row(row)
        for row in await tx.all(f"{RUNS} WHERE r.group_id = :group ORDER BY r.started_at, r.id", group=group_id)
    ]


async def open_run_of(tx: Transaction, group_id: int) -> PhaseRun | None:
    """Return the open run of a group; None between phases."""
    row = await tx.one(f"{RUNS} WHERE r.group_id = :group AND r.state <> 'ended'", group=group_id)
    return run_of_row(row) if row else None


async def latest_run_of_person(tx: Transaction, participant_id: int) -> PhaseRun | None:
    """Return the open run of a person's group in any round, else the run of their groups that began last.

    None before any phase began in a group of theirs.
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


@dataclass(frozen=True, slots=True)
class Collected:
    """How many ideas a group gave in a phase, how many people gave one, and how many territories they described.

    All authors who were erased count as one person.
    """

    ideas: int
    people: int
    territories: int


async def collected(tx: Transaction, run: PhaseRun) -> Collected:
    """Count what a group has given in a run so far.

    An idea that was merged into another counts only for its author; hidden ideas do not count at all.
    """
    row = await tx.one(
        "SELECT COUNT(CASE WHEN i.merged_into IS NULL THEN 1 END) AS ideas,"
        " COUNT(DISTINCT COALESCE(i.author_id, 0)) AS people,"
        " (SELECT COUNT(DISTINCT c.territory) FROM territory_cards c WHERE c.group_id = :group"
        " AND (c.present <> '' OR c.obstacle <> '' OR c.change <> '' OR c.carrier <> '')) AS territories"
        f" FROM ideas i WHERE i.group_id = :group AND i.phase = :phase AND {is_shown('i')}",
        group=run.group_id,
        phase=run.phase,
    )
    assert row is not None
    return Collected(row["ideas"], row["people"], row["territories"])


async def groups_with_ideas(tx: Transaction, phase: str) -> Collection[int]:
    """Return the ids of the groups that are in a phase and have live ideas in it."""
    rows = await tx.all(
        "SELECT r.group_id FROM phase_runs r WHERE r.phase = :phase AND r.ended_at IS NULL AND EXISTS (SELECT 1"
        f" FROM ideas i WHERE i.group_id = r.group_id AND i.phase = r.phase AND {is_shown('i')})",
        phase=phase,
    )
    return {row["group_id"] for row in rows}


async def count_given_by(tx: Transaction, run: PhaseRun, participant_id: int) -> int:
    """Return how many live ideas a person gave in a run."""
    row = await tx.one(
        "SELECT COUNT(*) AS n FROM ideas i WHERE i.author_id = :person AND i.group_id = :group AND i.phase = :phase"
        " AND i.state = 'live'",
        person=participant_id,
        group=run.group_id,
        phase=run.phase,
    )
    assert row is not None
    number: int = row["n"]
    return number


async def workshop_times(tx: Transaction, group_id: int, now: datetime) -> tuple[bool, datetime | None]:
    """Return whether now is within a workshop of the programme for a group, and when the next one begins (or None)."""
    row = await tx.one(
        "SELECT MAX(CASE WHEN s.starts_at <= :now AND s.ends_at > :now THEN 1 ELSE 0 END) AS inside,"
        " MIN(CASE WHEN s.starts_at > :now THEN s.starts_at END) AS next"
        " FROM groups g JOIN sessions s ON s.audience IN ('all', 'theme:' || g.theme,"
        " 'group:' || CAST(g.id AS TEXT)) WHERE g.id = :group AND s.kind = 'workshop' AND s.cancelled = 0",
        group=group_id,
        now=to_micros(now),
    )
    assert row is not None
    return bool(row["inside"]), from_micros(row["next"]) if row["next"] is not None else None


# --- Changes of runs: begin, more time, a break, the end; and what is due.


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
    """Begin a phase in groups, once more in groups that had ended it. Returns the runs that began.

    Groups that are in a phase are left out. People are warned once, `warning` before the end, if the phase lasts longer
    than `warned_beyond`. `by` is the id of who starts it; `revealed` lets members read all ideas from the beginning.
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
    """Undo a start: the run is as it was `before` (ended), or deleted where it is None. Its ideas stay.

    Returns False when the run has changed since it began.
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
    """Move the end of an open run, later or earlier but never before now. None when the run has ended."""
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
    """Stop the clock of a running phase. None when it is not running."""
    return await _changed(
        tx,
        run_id,
        "state = 'paused', remaining = CASE WHEN ends_at > :now THEN ends_at - :now ELSE 0 END, ends_at = NULL",
        "state = 'running'",
        now=to_micros(now),
    )


async def resume_run(tx: Transaction, run_id: int, now: datetime) -> PhaseRun | None:
    """Let the clock of a paused phase go on. None when it is not paused."""
    return await _changed(
        tx,
        run_id,
        "state = 'running', ends_at = :now + remaining, remaining = NULL",
        "state = 'paused'",
        now=to_micros(now),
    )


async def end_run(tx: Transaction, run_id: int, ended_at: datetime) -> PhaseRun | None:
    """End an open run and reveal its ideas. None when it had ended before."""
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
    """Undo the end of a run, with `remaining` time left. None when it ended once more since, or another phase began."""
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


async def reveal_run(tx: Transaction, run_id: int, now: datetime) -> PhaseRun | None:
    """Let the group read its ideas. None when it already could, or the run has ended."""
    return await _changed(
        tx, run_id, "revealed_at = :now", "revealed_at IS NULL AND state <> 'ended'", now=to_micros(now)
    )


async def conceal_run(tx: Transaction, run_id: int) -> PhaseRun | None:
    """Undo revealing. None when the run has ended."""
    return await _changed(tx, run_id, "revealed_at = NULL", "state <> 'ended'")


async def set_writer(tx: Transaction, run_id: int, participant_id: int) -> None:
    """Set who writes the synthesis of a run, until someone else takes over."""
    await tx.run("UPDATE phase_runs SET writer_id = :person WHERE id = :run", run=run_id, person=participant_id)


async def end_breaks_before(tx: Transaction, group_id: int, now: datetime) -> None:
    """End the paused runs of earlier rounds in groups that share a member with a group, since nobody continues them."""
    await tx.run(
        "UPDATE phase_runs SET state = 'ended', ended_at = :now, remaining = NULL,"
        " revealed_at = COALESCE(revealed_at, :now) WHERE state = 'paused' AND group_id IN"
        " (SELECT b.group_id FROM members m JOIN members b ON b.participant_id = m.participant_id"
        " AND b.round < m.round WHERE m.group_id = :group)",
        group=group_id,
        now=to_micros(now),
    )


# --- what is due


async def next_phase_due(tx: Transaction) -> datetime | None:
    """Return when the next running phase ends or is to be warned of; None where none runs."""
    row = await tx.one(
        "SELECT MIN(CASE WHEN warned = 0 AND length > warned_beyond THEN ends_at - warning ELSE ends_at END) AS due"
        " FROM phase_runs WHERE state = 'running'"
    )
    return from_micros(row["due"]) if row and row["due"] is not None else None


async def due_ends(tx: Transaction, now: datetime, most: int) -> Sequence[PhaseRun]:
    """Return at most `most` runs whose time is over, the longest due first."""
    rows = await tx.all(
        f"{RUNS} WHERE r.state = 'running' AND r.ends_at <= :now ORDER BY r.ends_at, r.id LIMIT :most",
        now=to_micros(now),
        most=most,
    )
    return [run_of_row(row) for row in rows]


async def due_warnings(tx: Transaction, now: datetime, most: int) -> Sequence[PhaseRun]:
    """Return at most `most` runs whose warning is due, the longest due first."""
    rows = await tx.all(
        f"{RUNS} WHERE r.state = 'running' AND r.warned = 0 AND r.length > r.warned_beyond"
        " AND r.ends_at - r.warning <= :now ORDER BY r.ends_at - r.warning, r.id LIMIT :most",
        now=to_micros(now),
        most=most,
    )
    return [run_of_row(row) for row in rows]


async def mark_warned(tx: Transaction, run_id: int) -> None:
    """Note that the group of a run was warned."""
    await tx.run("UPDATE phase_runs SET warned = 1 WHERE id = :id", id=run_id)


async def _changed(tx: Transaction, run_id: int, change: str, where: str, **values: object) -> PhaseRun | None:
    if not await tx.run(f"UPDATE phase_runs SET {change} WHERE id = :id AND {where}", id=run_id, **values):
        return None
    return await find_run(tx, run_id)


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else to_micros(instant)


# --- Calls for help: a group calls, one person takes the call, and it is closed.


_CALL = (
    "SELECT c.id, c.group_id, c.called_at, c.taken_by, c.closed_at, p.given_name AS taker"
    " FROM calls c LEFT JOIN participants p ON p.id = c.taken_by"
)


@dataclass(frozen=True, slots=True)
class FacilitatorCall:
    """A group's call for help.

    `taken_by` is the id of the person who comes, and `taker` their first name; None and '' while nobody does.
    """

    id: int
    group_id: int
    called_at: datetime
    taken_by: int | None
    taker: str
    closed: bool


def _call(row: Row) -> FacilitatorCall:
    return FacilitatorCall(
        row["id"],
        row["group_id"],
        from_micros(row["called_at"]),
        row["taken_by"],
        row["taker"] or "",
        row["closed_at"] is not None,
    )


async def find_call(tx: Transaction, call_id: int) -> FacilitatorCall | None:
    """Return a call by its id; None where there is none."""
    row = await tx.one(f"{_CALL} WHERE c.id = :id", id=call_id)
    return _call(row) if row else None


async def open_call(tx: Transaction, group_id: int) -> FacilitatorCall | None:
    """Return the open call of a group; None where there is none."""
    row = await tx.one(f"{_CALL} WHERE c.group_id = :group AND c.closed_at IS NULL", group=group_id)
    return _call(row) if row else None


async def add_call(tx: Transaction, group_id: int, caller_id: int, now: datetime, escalate_at: datetime) -> int | None:
    """Add a call, which goes to the organisers at `escalate_at`. Returns its id; None if the group has an open call."""
    row = await tx.one(
        "INSERT INTO calls (group_id, caller_id, called_at, escalate_at) VALUES (:group, :caller, :now, :escalate)"
        " ON CONFLICT DO NOTHING RETURNING id",
        group=group_id,
        caller=caller_id,
        now=to_micros(now),
        escalate=to_micros(escalate_at),
    )
    return row["id"] if row else None


async def set_taken(tx: Transaction, call_id: int, participant_id: int, now: datetime) -> bool:
    """Note who takes a call. Returns False when it is taken or closed."""
    return bool(
        await tx.run(
            "UPDATE calls SET taken_by = :person, taken_at = :now, escalate_at = NULL"
            " WHERE id = :id AND taken_by IS NULL AND closed_at IS NULL",
            id=call_id,
            person=participant_id,
            now=to_micros(now),
        )
    )


async def set_given_back(tx: Transaction, call_id: int, participant_id: int, escalate_at: datetime) -> bool:
    """Let a call wait again, because the person who took it cannot come. False when it is not theirs, or closed."""
    return bool(
        await tx.run(
            "UPDATE calls SET taken_by = NULL, taken_at = NULL, escalate_at = :escalate"
            " WHERE id = :id AND taken_by = :person AND closed_at IS NULL",
            id=call_id,
            person=participant_id,
            escalate=to_micros(escalate_at),
        )
    )


async def hand_on_calls(tx: Transaction, participant_id: int, *, leaves: bool = False) -> int:
    """Let the calls that a person took, and may no longer answer, go to the organisers at once. Returns how many.

    These are all their calls when the person `leaves`, else the calls of groups that they do not run now.
    """
    return await tx.run(
        "UPDATE calls SET taken_by = NULL, taken_at = NULL, escalate_at = called_at"
        " WHERE taken_by = :id AND closed_at IS NULL AND (:leaves = 1 OR"
        " (NOT EXISTS (SELECT 1 FROM participants p WHERE p.id = :id AND p.organises = 1)"
        f" AND NOT EXISTS (SELECT 1 FROM groups g JOIN facilitators f ON {OF_GROUP}"
        " WHERE g.id = calls.group_id AND f.participant_id = :id)))",
        id=participant_id,
        leaves=int(leaves),
    )


async def close_forgotten_call(tx: Transaction, group_id: int, before: datetime, now: datetime) -> None:
    """Close the call of a group that was taken `before` an instant, because the facilitator forgot to close it."""
    await tx.run(
        "UPDATE calls SET closed_at = :now WHERE group_id = :group AND closed_at IS NULL AND taken_at <= :before",
        group=group_id,
        before=to_micros(before),
        now=to_micros(now),
    )


async def set_closed(tx: Transaction, call_id: int, now: datetime, *, withdrawn_by: int | None = None) -> bool:
    """Close a call, and note the id of the member who withdrew it, if any. False when it was closed already."""
    return bool(
        await tx.run(
            "UPDATE calls SET closed_at = :now, escalate_at = NULL, withdrawn_by = :by"
            " WHERE id = :id AND closed_at IS NULL",
            id=call_id,
            now=to_micros(now),
            by=withdrawn_by,
        )
    )


async def called_before(tx: Transaction, participant_id: int, back: int) -> datetime | None:
    """Return when a person made their `back`-th last call (1 is the last); None when they have made fewer calls."""
    row = await tx.one(
        "SELECT called_at FROM calls WHERE caller_id = :id ORDER BY called_at DESC LIMIT 1 OFFSET :before",
        id=participant_id,
        before=back - 1,
    )
    return from_micros(row["called_at"]) if row else None


async def last_call_withdrawn(tx: Transaction, participant_id: int) -> datetime | None:
    """Return when a person last withdrew a call; None for never."""
    row = await tx.one("SELECT MAX(closed_at) AS at FROM calls WHERE withdrawn_by = :id", id=participant_id)
    return from_micros(row["at"]) if row and row["at"] is not None else None


async def set_escalated(tx: Transaction, call_id: int) -> None:
    """Note that the organisers were notified of a call."""
    await tx.run("UPDATE calls SET escalate_at = NULL WHERE id = :id", id=call_id)


async def first_unanswered_call(tx: Transaction, now: datetime) -> FacilitatorCall | None:
    """Return the call that has waited longest to go to the organisers; None when none is due."""
    row = await tx.one(
        f"{_CALL} WHERE c.escalate_at <= :now AND c.closed_at IS NULL ORDER BY c.escalate_at, c.id LIMIT 1",
        now=to_micros(now),
    )
    return _call(row) if row else None


async def next_escalation(tx: Transaction) -> datetime | None:
    """Return when the next call goes to the organisers, which may be past; None where none waits."""
    row = await tx.one("SELECT MIN(escalate_at) AS due FROM calls WHERE escalate_at IS NOT NULL AND closed_at IS NULL")
    return from_micros(row["due"]) if row and row["due"] is not None else None


@dataclass(frozen=True, slots=True)
class Answerer:
    """A facilitator who may answer a group's call. `busy` says that they are on the way to another group."""

    id: int
    busy: bool


async def answerers(tx: Transaction, group_id: int, *, but: int, since: datetime) -> Sequence[Answerer]:
    """Return the facilitators of a group who joined and can be reached, except the one with the id `but`; by id.

    A facilitator is busy who has taken another group's open call after `since`.
    """
    rows = await tx.all(
        "SELECT p.id, EXISTS (SELECT 1 FROM calls c WHERE c.taken_by = p.id AND c.closed_at IS NULL"
        " AND c.taken_at > :since AND c.group_id <> g.id) AS busy"
        " FROM groups g JOIN participants p ON p.status = 'joined' AND p.stopped = 0 AND p.id <> :but"
        " WHERE g.id = :group AND EXISTS"
        f" (SELECT 1 FROM facilitators f WHERE f.participant_id = p.id AND {OF_GROUP})"
        " AND EXISTS (SELECT 1 FROM accounts a WHERE a.participant_id = p.id AND a.unreachable = 0) ORDER BY p.id",
        group=group_id,
        but=but,
        since=to_micros(since),
    )
    return [Answerer(row["id"], bool(row["busy"])) for row in rows]


# --- What a facilitator's panel shows: every group, in one statement (the hooks add what groups have not written).


IS_THERE = (
    "p.status = 'joined' AND NOT EXISTS (SELECT 1 FROM attendance t WHERE t.participant_id = p.id AND t.present = 0"
    " AND t.day = (SELECT w.day FROM rounds w WHERE w.number = m.round))"
)
"""The condition for a member `m`, the participant `p`, who joined and was not marked absent on the round's day."""
HAS_SPOKEN = (
    "(EXISTS (SELECT 1 FROM ideas i WHERE i.author_id = p.id AND i.phase = r.phase AND i.group_id = m.group_id"
    " AND i.state = 'live') OR (r.phase IN (SELECT h.key FROM phases h WHERE h.collects = 'territories')"
    " AND EXISTS (SELECT 1 FROM territory_cards k WHERE k.participant_id = p.id AND k.group_id = m.group_id)))"
)
"""The condition for a member `m`, the participant `p`, who gave an idea or a territory card in the phase of run `r`."""

_GROUP_PROGRESS = (
    "SELECT g.id AS g_id, g.round, g.theme, g.number, g.name, g.room,"
    f" {RUN_COLUMNS},"
    f" (SELECT COUNT(*) FROM ideas i WHERE i.group_id = g.id AND i.phase = r.phase AND {counts('i')}) AS ideas,"
    " (SELECT COUNT(*) FROM members m JOIN participants p ON p.id = m.participant_id"
    f" WHERE m.group_id = g.id AND {IS_THERE}) AS members,"
    " (SELECT COUNT(*) FROM members m JOIN participants p ON p.id = m.participant_id"
    f" WHERE m.group_id = g.id AND {IS_THERE} AND {HAS_SPOKEN}) AS spoken,"
    " c.id AS call_id, c.called_at, c.taken_by, y.given_name AS taker"
    " FROM groups g JOIN themes x ON x.key = g.theme"
    " LEFT JOIN phase_runs r ON r.id = (SELECT q.id FROM phase_runs q WHERE q.group_id = g.id"
    " ORDER BY CASE WHEN q.state = 'ended' THEN 1 ELSE 0 END, q.started_at DESC, q.id DESC LIMIT 1)"
    " LEFT JOIN calls c ON c.group_id = g.id AND c.closed_at IS NULL"
    " LEFT JOIN participants y ON y.id = c.taken_by"
    " WHERE g.round = :round AND (:everything = 1 OR EXISTS"
    f" (SELECT 1 FROM facilitators f WHERE f.participant_id = :person AND {OF_GROUP}))"
    " ORDER BY x.position, g.number, g.id"
)


@dataclass(frozen=True, slots=True)
class GroupProgress:
    """The progress of a group in its open phase, else in the one that began last; `run` is None before any.

    `members` is how many members are present, `spoken` how many of these gave something in the phase, and `missing`
    says that the group has not written its result. `call` is the id of its open call, made at `called_at`; `taken_by`
    is the id of the person who comes and `taker` their first name, None and '' while nobody does.
    """

    group: Group
    run: PhaseRun | None
    ideas: int
    members: int
    spoken: int
    missing: bool
    call: int | None
    called_at: datetime | None
    taken_by: int | None
    taker: str


async def standings(
    tx: Transaction, round_number: int, participant_id: int, unwritten: Collection[int], *, everything: bool
) -> Sequence[GroupProgress]:
    """Return the progress of the groups of a round that a person runs, or of all with `everything`.

    They are sorted by theme, then number. `unwritten` are the ids of the runs whose result is missing.
    """
    rows = await tx.all(_GROUP_PROGRESS, round=round_number, person=participant_id, everything=int(everything))
    return [_group_progress(row, unwritten) for row in rows]


async def last_round_begun(tx: Transaction) -> int:
    """Return the number of the last round whose groups began a phase; 0 before any."""
    row = await tx.one("SELECT MAX(g.round) AS last FROM phase_runs r JOIN groups g ON g.id = r.group_id")
    return (row["last"] or 0) if row else 0


def _group_progress(row: Row, unwritten: Collection[int]) -> GroupProgress:
    return GroupProgress(
        Group(row["g_id"], row["round"], row["theme"], row["number"], row["name"], row["room"]),
        run_of_row(row) if row["id"] is not None else None,
        row["ideas"],
        row["members"],
        row["spoken"],
        row["id"] in unwritten,
        row["call_id"],
        _instant(row["called_at"]),
        row["taken_by"],
        row["taker"] or "",
    )


async def silent_members(tx: Transaction, run_id: int) -> Sequence[int]:
    """Return the ids of the present members of a run's group who have given nothing in the phase."""
    rows = await tx.all(
        "SELECT p.id FROM phase_runs r JOIN members m ON m.group_id = r.group_id"
        " JOIN participants p ON p.id = m.participant_id"
        f" WHERE r.id = :run AND {IS_THERE} AND NOT {HAS_SPOKEN} ORDER BY p.id",
        run=run_id,
    )
    return [row["id"] for row in rows]


# --- When silent members were asked for an idea, so that nobody is asked too often.


PAUSE = timedelta(minutes=10)
"""How long a person who was nudged is not nudged again."""


async def nudged_lately(tx: Transaction, participant_ids: Iterable[int], now: datetime) -> frozenset[int]:
    """Return the ids of those among some people who were nudged within `PAUSE`."""
    rows = await tx.all(
        "SELECT participant_id FROM nudges WHERE at > :since AND at <= :latest",
        since=to_micros(now - PAUSE),
        latest=to_micros(now + PAUSE),  # a later time was stored while the clock was wrong
    )
    return frozenset(row["participant_id"] for row in rows) & frozenset(participant_ids)


async def reachable_in_private(tx: Transaction, participant_ids: Iterable[int]) -> Sequence[int]:
    """Return the ids of those among some people who take private messages they did not ask for, in the given order."""
    reachable: list[int] = []
    for participant_id in participant_ids:
        row = await tx.one(
            "SELECT 1 AS found FROM participants p WHERE p.id = :id AND p.stopped = 0 AND EXISTS (SELECT 1"
            f" FROM accounts b WHERE b.participant_id = p.id AND b.unreachable = 0 AND {may_be_written_to('b')})",
            id=participant_id,
        )
        if row:
            reachable.append(participant_id)
    return reachable


async def note_nudged(tx: Transaction, participant_ids: Iterable[int], now: datetime) -> None:
    """Note that some people are nudged now."""
    await tx.many(
        "INSERT INTO nudges (participant_id, at) VALUES (:id, :now)"
        " ON CONFLICT (participant_id) DO UPDATE SET at = :now",
        [{"id": participant_id, "now": to_micros(now)} for participant_id in participant_ids],
    )


# --- The ideas of the workshops, by theme and gender.


async def count_by_gender(tx: Transaction) -> Mapping[str, Mapping[str, IdeaCount]]:
    """Count live ideas and their authors, by the key of the theme, then by gender ('' for unknown)."""
    rows = await tx.all(
        "SELECT i.theme, p.gender, COUNT(*) AS ideas, COUNT(DISTINCT p.id) AS people FROM ideas i"
        " JOIN participants p ON p.id = i.author_id WHERE i.state = 'live' AND i.theme IS NOT NULL"
        " GROUP BY i.theme, p.gender"
    )
    counts: dict[str, dict[str, IdeaCount]] = defaultdict(dict)
    for row in rows:
        counts[row["theme"]][row["gender"]] = IdeaCount(row["ideas"], row["people"])
    return counts


async def themes_of(tx: Transaction, participant_id: int) -> frozenset[str]:
    """Return the keys of the themes in which a person runs groups."""
    rows = await tx.all(
        f"SELECT DISTINCT g.theme FROM groups g JOIN facilitators f ON {OF_GROUP} WHERE f.participant_id = :id",
        id=participant_id,
    )
    return frozenset(row["theme"] for row in rows)


async def was_started(tx: Transaction, since: datetime) -> bool:
    """Return whether a phase began after an instant."""
    row = await tx.one("SELECT 1 AS one FROM phase_runs WHERE started_at > :since LIMIT 1", since=to_micros(since))
    return row is not None
