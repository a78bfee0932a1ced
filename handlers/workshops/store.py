"""Phases as configured, and as groups live them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.database.engine import Row, Transaction
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
LIVE = "i.state = 'live' AND i.hidden = 0"
"""Which ideas i stand and are hidden from nobody, those that were merged into another too."""
COUNTS = f"{LIVE} AND i.merged_into IS NULL"
"""Which ideas i stand by themselves: on the wall, in exports, and where they are counted."""


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
    """The run in a row that selects RUN_COLUMNS."""
    ends, left, revealed, ended = row["ends_at"], row["remaining"], row["revealed_at"], row["ended_at"]
    return PhaseRun(
        row["id"],
        row["group_id"],
        row["phase"],
        row["state"],
        from_micros(row["started_at"]),
        None if ends is None else from_micros(ends),
        None if left is None else timedelta(microseconds=left),
        None if revealed is None else from_micros(revealed),
        None if ended is None else from_micros(ended),
        row["writer_id"],
    )


# --- phases


async def all_phases(tx: Transaction) -> Sequence[Phase]:
    """Every phase, in order."""
    return [_phase(row) for row in await tx.all(f"{_PHASE} ORDER BY position, key")]


async def find(tx: Transaction, key: str) -> Phase | None:
    """A phase by its key."""
    row = await tx.one(f"{_PHASE} WHERE key = :key", key=key)
    return _phase(row) if row else None


async def put(tx: Transaction, phase: Phase) -> None:
    """Add a phase, or rewrite it; what groups made of it stays."""
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
    """How far a phase is among the groups of a round: how many have begun it, are in it, and could begin it now.

    Those could that are between phases and have not had it. `ends_at` is when the first of the open ones ends, None
    while all of them are paused; `ended_at` is when the last one ended.
    """

    phase: Phase
    begun: int
    open: int
    to_start: int
    ends_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """How far the groups of a round are, phase by phase; their calls that nobody has taken, and when the first came."""

    groups: int
    phases: Sequence[PhaseProgress]
    calls: int
    called_at: datetime | None

    @property
    def over(self) -> bool:
        """Whether every group has had every phase."""
        return bool(self.groups) and all(each.begun == self.groups and not each.open for each in self.phases)


async def progress(tx: Transaction, round_number: int) -> RoundProgress:
    """How far the groups of a round are; without groups for a number that none has."""

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


# --- phases as groups live them


async def run(tx: Transaction, run_id: int) -> PhaseRun | None:
    """A run by id."""
    row = await tx.one(f"{RUNS} WHERE r.id = :id", id=run_id)
    return run_of_row(row) if row else None


async def run_of(tx: Transaction, group_id: int, phase: str) -> PhaseRun | None:
    """How a group lives, or lived, a phase; None before it began there."""
    row = await tx.one(f"{RUNS} WHERE r.group_id = :group AND r.phase = :phase", group=group_id, phase=phase)
    return run_of_row(row) if row else None


async def runs_of(tx: Transaction, group_id: int) -> Sequence[PhaseRun]:
    """The phases a group began, in the order they began."""
    return [
        run_of_row(row)
        for row in await tx.all(f"{RUNS} WHERE r.group_id = :group ORDER BY r.started_at, r.id", group=group_id)
    ]


async def open_run(tx: Transaction, group_id: int) -> PhaseRun | None:
    """The phase a group is in; None between phases."""
    row = await tx.one(f"{RUNS} WHERE r.group_id = :group AND r.state <> 'ended'", group=group_id)
    return run_of_row(row) if row else None


async def latest_of_person(tx: Transaction, participant_id: int) -> PhaseRun | None:
    """The phase someone's group is in, of whatever round; else the one of their groups that ended last."""
    row = await tx.one(
        f"{RUNS} JOIN members m ON m.group_id = r.group_id WHERE m.participant_id = :person"
        " ORDER BY CASE WHEN r.state = 'ended' THEN 1 ELSE 0 END, r.started_at DESC, r.id DESC LIMIT 1",
        person=participant_id,
    )
    return run_of_row(row) if row else None


async def runs_of_groups(tx: Transaction, round_number: int) -> Sequence[PhaseRun]:
    """All that the groups of a round began, in the order they began."""
    rows = await tx.all(
        f"{RUNS} JOIN groups g ON g.id = r.group_id WHERE g.round = :round ORDER BY r.started_at, r.id",
        round=round_number,
    )
    return [run_of_row(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Collected:
    """What a group made of a phase: ideas, who gave one (those who are forgotten as one), territories described."""

    ideas: int
    people: int
    territories: int


async def collected(tx: Transaction, run: PhaseRun) -> Collected:
    """What was given so far: merged ideas are one, of several people; hidden ones are not told of."""
    row = await tx.one(
        "SELECT COUNT(CASE WHEN i.merged_into IS NULL THEN 1 END) AS ideas,"
        " COUNT(DISTINCT COALESCE(i.author_id, 0)) AS people,"
        " (SELECT COUNT(DISTINCT c.territory) FROM territory_cards c WHERE c.group_id = :group"
        " AND (c.present <> '' OR c.obstacle <> '' OR c.change <> '' OR c.carrier <> '')) AS territories"
        f" FROM ideas i WHERE i.group_id = :group AND i.phase = :phase AND {LIVE}",
        group=run.group_id,
        phase=run.phase,
    )
    assert row is not None
    return Collected(row["ideas"], row["people"], row["territories"])


async def with_ideas(tx: Transaction, phase: str) -> Collection[int]:
    """The groups that are in a phase and have given ideas in it that may be revealed."""
    rows = await tx.all(
        "SELECT r.group_id FROM phase_runs r WHERE r.phase = :phase AND r.ended_at IS NULL AND EXISTS (SELECT 1"
        f" FROM ideas i WHERE i.group_id = r.group_id AND i.phase = r.phase AND {LIVE})",
        phase=phase,
    )
    return {row["group_id"] for row in rows}


async def given_by(tx: Transaction, run: PhaseRun, participant_id: int) -> int:
    """How many ideas someone gave in a phase of a group."""
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
    """Whether now is within a workshop of the programme that is for a group, and when the next one begins."""
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
