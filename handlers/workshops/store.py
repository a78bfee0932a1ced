"""Reads and writes phases, their runs in groups, calls for help, and the figures of the facilitators' panel.

A phase is one step of the workshops, described in config.toml; a run is this phase as one group lives it, with its own
beginning and end. A run is open (running, or paused) until it has ended. A call is a group's request that a facilitator
comes. A round is one day's set of groups. Live ideas are those given in time and not withdrawn.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import from_micros, instant_or_none, micros_or_none, to_micros
from bot.database.engine import Row, Transaction
from bot.delivery.delivery_store import may_be_written_to
from bot.people.facilitator_store import OF_GROUP
from handlers.groups.model import Group
from handlers.workshops.model import Phase, PhaseRun

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
        instant_or_none(row["ends_at"]),
        None if left is None else timedelta(microseconds=left),
        instant_or_none(row["revealed_at"]),
        instant_or_none(row["ended_at"]),
        row["writer_id"],
    )


# --- phases


async def all_phases(tx: Transaction) -> Sequence[Phase]:
    """Return every phase of the workshops, in the order in which groups have them."""
    return [_phase(row) for row in await tx.all(f"{_PHASE} ORDER BY position, key")]


async def find_phase(tx: Transaction, key: str) -> Phase | None:
    """Return the phase with this key; None where there is none."""
    row = await tx.one(f"{_PHASE} WHERE key = :key", key=key)
    return _phase(row) if row else None


async def put_phase(tx: Transaction, phase: Phase) -> None:
    """Store a phase, or replace the stored phase with the same key. The runs and ideas of the phase stay."""
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
    """How many groups of a round have begun a phase (`begun`), are in it (`open`), and could begin it (`to_start`).

    A group could begin a phase if it has not had this phase and is in no other. `ends_at` is when the first open run
    ends, None while all are paused or none is open; `ended_at` is when the last run ended, None before any did.
    """

    phase: Phase
    begun: int
    open: int
    to_start: int
    ends_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """How far the groups of a round are, phase by phase.

    `groups` is the number of groups. `calls` is the number of open calls for help that nobody has taken; `called_at` is
    when the first of these was made, None without any.
    """

    groups: int
    phases: Sequence[PhaseProgress]
    calls: int
    called_at: datetime | None

    @property
    def over(self) -> bool:
        """Whether there are groups and every group has had every phase."""
        return bool(self.groups) and all(phase.begun == self.groups and not phase.open for phase in self.phases)


async def progress(tx: Transaction, round_number: int) -> RoundProgress:
    """Return how far the groups of a round are. All numbers are 0 for a round without groups.

    The figures are read once in a database transaction: later calls return the first answer.
    """

    async def read(tx: Transaction) -> RoundProgress:
        rows = await tx.all(_PROGRESS, round=round_number)
        phases = [
            PhaseProgress(
                _phase(row),
                row["begun"],
                row["open"],
                row["to_start"],
                instant_or_none(row["ends"]),
                instant_or_none(row["ended"]),
            )
            for row in rows
        ]
        if not rows:
            return RoundProgress(0, (), 0, None)
        return RoundProgress(rows[0]["groups"], phases, rows[0]["calls"], instant_or_none(rows[0]["called"]))

    return await tx.once(f"progress:{round_number}", read)


# --- runs: phases in one group each


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


@dataclass(frozen=True, slots=True)
class Collected:
    """How many ideas a group gave in a phase, how many people gave one, and how many territories they described.

    All authors who were erased count as one person.
    """

    ideas: int
    people: int
    territories: int


async def collected(tx: Transaction, run: PhaseRun) -> Collected:
    """Return how many ideas and territory cards a group has given in a run so far, and how many people gave ideas.

    An idea that was merged into another is not counted, but its author is. Hidden ideas and their authors are not
    counted.
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
    """Return the ids of the groups that are in a phase now and have live ideas in it. `phase` is a key."""
    rows = await tx.all(
        "SELECT r.group_id FROM phase_runs r WHERE r.phase = :phase AND r.ended_at IS NULL AND EXISTS (SELECT 1"
        f" FROM ideas i WHERE i.group_id = r.group_id AND i.phase = r.phase AND {is_shown('i')})",
        phase=phase,
    )
    return {row["group_id"] for row in rows}


async def count_given_by(tx: Transaction, run: PhaseRun, participant_id: int) -> int:
    """Return how many live ideas a participant gave in a run, hidden ones included."""
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
    """Return whether a workshop of the programme takes place now for a group, and when the next one begins.

    The second value is None when no later workshop is planned for the group.
    """
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

    Groups that are in a phase are left out. `phase` is a key and `length` the time until the end. People are warned
    once, `warning` before the end, if the phase lasts longer than `warned_beyond`. `by` is the id of the person who
    starts the phase, None for nobody; `revealed` lets members read all ideas from the beginning.
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
    """Undo the start of a run. Returns True, or False when the run has changed since it began.

    `before` is the run as it had ended earlier, which is stored again; None deletes the run. Ideas given in the run
    stay.
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
    """Move the end of an open run by `by` (negative for earlier), but never before now.

    Returns the changed run; None when it has ended.
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
    """Stop the clock of a running run. Returns the changed run; None when it is not running."""
    return await _changed(
        tx,
        run_id,
        "state = 'paused', remaining = CASE WHEN ends_at > :now THEN ends_at - :now ELSE 0 END, ends_at = NULL",
        "state = 'running'",
        now=to_micros(now),
    )


async def resume_run(tx: Transaction, run_id: int, now: datetime) -> PhaseRun | None:
    """Restart the clock of a paused run. Returns the changed run; None when it is not paused."""
    return await _changed(
        tx,
        run_id,
        "state = 'running', ends_at = :now + remaining, remaining = NULL",
        "state = 'paused'",
        now=to_micros(now),
    )


async def end_run(tx: Transaction, run_id: int, ended_at: datetime) -> PhaseRun | None:
    """End an open run at `ended_at` and reveal its ideas. Returns the changed run; None when it had ended before."""
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
    """Undo the end of a run, so that `remaining` time is left. Returns the open run.

    `ended` is the run as it ended. `paused` reopens it as paused; `revealed_at` is when its ideas had been revealed,
    None if they had not. Returns None when the run was reopened and ended again since, or when the group is in another
    phase.
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
    """Let the group of an open run read all its ideas. Returns the changed run.

    Returns None when the ideas were revealed already, or the run has ended.
    """
    return await _changed(
        tx, run_id, "revealed_at = :now", "revealed_at IS NULL AND state <> 'ended'", now=to_micros(now)
    )


async def conceal_run(tx: Transaction, run_id: int) -> PhaseRun | None:
    """Undo revealing the ideas of an open run. Returns the changed run; None when it has ended."""
    return await _changed(tx, run_id, "revealed_at = NULL", "state <> 'ended'")


async def set_writer(tx: Transaction, run_id: int, participant_id: int) -> None:
    """Set which participant writes the synthesis of a run. Another participant may replace this one later."""
    await tx.run("UPDATE phase_runs SET writer_id = :person WHERE id = :run", run=run_id, person=participant_id)


async def end_breaks_before(tx: Transaction, group_id: int, now: datetime) -> None:
    """End paused runs of earlier rounds in groups that share a member with this group, since nobody continues them."""
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
    """Return the time of the next end of a phase, or of the next warning before an end; None where no phase runs."""
    row = await tx.one(
        "SELECT MIN(CASE WHEN warned = 0 AND length > warned_beyond THEN ends_at - warning ELSE ends_at END) AS due"
        " FROM phase_runs WHERE state = 'running'"
    )
    return from_micros(row["due"]) if row and row["due"] is not None else None


async def due_ends(tx: Transaction, now: datetime, most: int) -> Sequence[PhaseRun]:
    """Return at most `most` runs whose time is over but which have not ended; those due first come first."""
    rows = await tx.all(
        f"{RUNS} WHERE r.state = 'running' AND r.ends_at <= :now ORDER BY r.ends_at, r.id LIMIT :most",
        now=to_micros(now),
        most=most,
    )
    return [run_of_row(row) for row in rows]


async def due_warnings(tx: Transaction, now: datetime, most: int) -> Sequence[PhaseRun]:
    """Return at most `most` runs whose members are to be warned of the end now; those due first come first."""
    rows = await tx.all(
        f"{RUNS} WHERE r.state = 'running' AND r.warned = 0 AND r.length > r.warned_beyond"
        " AND r.ends_at - r.warning <= :now ORDER BY r.ends_at - r.warning, r.id LIMIT :most",
        now=to_micros(now),
        most=most,
    )
    return [run_of_row(row) for row in rows]


async def mark_warned(tx: Transaction, run_id: int) -> None:
    """Note that the group of a run was warned of the end."""
    await tx.run("UPDATE phase_runs SET warned = 1 WHERE id = :id", id=run_id)


async def _changed(tx: Transaction, run_id: int, change: str, where: str, **values: object) -> PhaseRun | None:
    if not await tx.run(f"UPDATE phase_runs SET {change} WHERE id = :id AND {where}", id=run_id, **values):
        return None
    return await find_run(tx, run_id)


# --- Calls for help: a group calls, one person takes the call, and it is closed.


_CALL = (
    "SELECT c.id, c.group_id, c.called_at, c.taken_by, c.closed_at, p.given_name AS taker"
    " FROM calls c LEFT JOIN participants p ON p.id = c.taken_by"
)


@dataclass(frozen=True, slots=True)
class FacilitatorCall:
    """A group's call for help: its request that a facilitator comes.

    `taken_by` is the id of the person who has promised to come, and `taker` their first name; None and '' while nobody
    has. `closed` says that the call is over.
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
    """Return the call for help with this id; None where there is none."""
    row = await tx.one(f"{_CALL} WHERE c.id = :id", id=call_id)
    return _call(row) if row else None


async def open_call(tx: Transaction, group_id: int) -> FacilitatorCall | None:
    """Return the call for help of a group that is not closed; None where there is none."""
    row = await tx.one(f"{_CALL} WHERE c.group_id = :group AND c.closed_at IS NULL", group=group_id)
    return _call(row) if row else None


async def add_call(tx: Transaction, group_id: int, caller_id: int, now: datetime, escalate_at: datetime) -> int | None:
    """Store a call for help, and return its id; None if the group has an open call already.

    The organisers are notified at `escalate_at` unless somebody takes the call before.
    """
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
    """Note which person takes a call for help. Returns False when somebody has taken it or it is closed."""
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
    """Let a call for help wait again, because the person who took it cannot come.

    The organisers are notified at `escalate_at` unless somebody takes the call before. Returns False when this person
    has not taken the call, or the call is closed.
    """
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
    """Take from a person the open calls they may no longer answer, and let these go to the organisers at once.

    With `leaves` these are all open calls the person took, otherwise those the person took for a group whose workshops
    they do not run. Organisers keep theirs. Returns how many calls.
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
    """Close the open call for help of a group if a person took it at `before` or earlier and forgot to close it."""
    await tx.run(
        "UPDATE calls SET closed_at = :now WHERE group_id = :group AND closed_at IS NULL AND taken_at <= :before",
        group=group_id,
        before=to_micros(before),
        now=to_micros(now),
    )


async def set_closed(tx: Transaction, call_id: int, now: datetime, *, withdrawn_by: int | None = None) -> bool:
    """Close a call for help. Returns False when it was closed already.

    `withdrawn_by` is the id of the member who withdrew the call, None when it was closed because the group was helped.
    """
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
    """Return when a participant made one of their last calls for help: 1 as `back` is the last, 2 the one before.

    Returns None when the participant has made fewer calls.
    """
    row = await tx.one(
        "SELECT called_at FROM calls WHERE caller_id = :id ORDER BY called_at DESC LIMIT 1 OFFSET :before",
        id=participant_id,
        before=back - 1,
    )
    return from_micros(row["called_at"]) if row else None


async def last_call_withdrawn(tx: Transaction, participant_id: int) -> datetime | None:
    """Return when a participant last withdrew a call for help; None if the participant never did."""
    row = await tx.one("SELECT MAX(closed_at) AS at FROM calls WHERE withdrawn_by = :id", id=participant_id)
    return from_micros(row["at"]) if row and row["at"] is not None else None


async def set_escalated(tx: Transaction, call_id: int) -> None:
    """Note that the organisers were notified of a call for help, so that they are not notified again."""
    await tx.run("UPDATE calls SET escalate_at = NULL WHERE id = :id", id=call_id)


async def first_unanswered_call(tx: Transaction, now: datetime) -> FacilitatorCall | None:
    """Return the first call for help of which the organisers are to be notified now; None when there is none."""
    row = await tx.one(
        f"{_CALL} WHERE c.escalate_at <= :now AND c.closed_at IS NULL ORDER BY c.escalate_at, c.id LIMIT 1",
        now=to_micros(now),
    )
    return _call(row) if row else None


async def next_escalation(tx: Transaction) -> datetime | None:
    """Return when the organisers are to be notified of the next call, which may be past; None where no call waits."""
    row = await tx.one("SELECT MIN(escalate_at) AS due FROM calls WHERE escalate_at IS NOT NULL AND closed_at IS NULL")
    return from_micros(row["due"]) if row and row["due"] is not None else None


@dataclass(frozen=True, slots=True)
class Answerer:
    """A facilitator who may answer a group's call for help. `busy` says that they have taken another group's call."""

    id: int
    busy: bool


async def answerers(tx: Transaction, group_id: int, *, but: int, since: datetime) -> Sequence[Answerer]:
    """Return the facilitators of a group who joined and can be reached, sorted by id, without the person `but`.

    A facilitator is busy who took another group's call after `since`, if that call is still open.
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
"""The SQL condition for members who joined and were not marked absent on the day of their group's round.

The query must name the row of `members` `m` and the row of `participants` `p`.
"""
HAS_SPOKEN = (
    "(EXISTS (SELECT 1 FROM ideas i WHERE i.author_id = p.id AND i.phase = r.phase AND i.group_id = m.group_id"
    " AND i.state = 'live') OR (r.phase IN (SELECT h.key FROM phases h WHERE h.collects = 'territories')"
    " AND EXISTS (SELECT 1 FROM territory_cards k WHERE k.participant_id = p.id AND k.group_id = m.group_id)))"
)
"""The SQL condition for members who gave an idea in the phase of a run, or a territory card if it collects these.

The query must name the row of `members` `m`, of `participants` `p` and of `phase_runs` `r`.
"""

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
    """How far a group is in its open phase or, between phases, how far it came in the phase that began last.

    `run` is None before any phase began. `members` is how many members are present, `spoken` how many of these gave
    something in the phase; `missing` says that the group has not written its result. `call` is the id of the group's
    open call for help and `called_at` its time, both None without a call; `taken_by` is the id of the person who comes
    and `taker` their first name, None and '' while nobody does.
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
    """Return how far the groups of a round are that a person runs, sorted by theme, then number.

    With `everything`, all groups of the round are returned, whoever runs them. `unwritten` are the ids of the runs in
    which the group has not written its result.
    """
    rows = await tx.all(_GROUP_PROGRESS, round=round_number, person=participant_id, everything=int(everything))
    return [_group_progress(row, unwritten) for row in rows]


async def last_round_begun(tx: Transaction) -> int:
    """Return the highest number of a round in which a group began a phase; 0 if no phase has begun."""
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
        instant_or_none(row["called_at"]),
        row["taken_by"],
        row["taker"] or "",
    )


async def silent_members(tx: Transaction, run_id: int) -> Sequence[int]:
    """Return the ids of the members of a run's group who are present and have given nothing in the phase."""
    rows = await tx.all(
        "SELECT p.id FROM phase_runs r JOIN members m ON m.group_id = r.group_id"
        " JOIN participants p ON p.id = m.participant_id"
        f" WHERE r.id = :run AND {IS_THERE} AND NOT {HAS_SPOKEN} ORDER BY p.id",
        run=run_id,
    )
    return [row["id"] for row in rows]


# --- When silent members were asked for an idea, so that nobody is asked too often.


PAUSE = timedelta(minutes=10)
"""How long a person who was nudged (asked in private for an idea) is not nudged again."""


async def nudged_lately(tx: Transaction, participant_ids: Iterable[int], now: datetime) -> frozenset[int]:
    """Return which of these participants were nudged (asked in private for an idea) within `PAUSE`."""
    rows = await tx.all(
        "SELECT participant_id FROM nudges WHERE at > :since AND at <= :latest",
        since=to_micros(now - PAUSE),
        latest=to_micros(now + PAUSE),  # a later time was stored while the clock was wrong
    )
    return frozenset(row["participant_id"] for row in rows) & frozenset(participant_ids)


async def reachable_in_private(tx: Transaction, participant_ids: Iterable[int]) -> Sequence[int]:
    """Return which of these participants can get private messages they did not ask for, in the given order."""
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
    """Note that these participants are nudged (asked in private for an idea) now."""
    await tx.many(
        "INSERT INTO nudges (participant_id, at) VALUES (:id, :now)"
        " ON CONFLICT (participant_id) DO UPDATE SET at = :now",
        [{"id": participant_id, "now": to_micros(now)} for participant_id in participant_ids],
    )


async def was_started(tx: Transaction, since: datetime) -> bool:
    """Return whether a phase began in any group after `since`."""
    row = await tx.one("SELECT 1 AS one FROM phase_runs WHERE started_at > :since LIMIT 1", since=to_micros(since))
    return row is not None
