"""The SQL of what a facilitator's panel shows: every group, in one statement; hooks add what is not written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import instant_or_none
from bot.database.engine import Row, Transaction
from bot.database.records import record
from bot.people.facilitator_store import group_is_run
from handlers.groups.model import Group
from handlers.workshops.model import PhaseRun
from handlers.workshops.store.ideas import counts
from handlers.workshops.store.runs import RUN_COLUMNS
from handlers.workshops.store.silence import HAS_SPOKEN, IS_THERE

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
    own = f"EXISTS (SELECT 1 FROM roles f WHERE f.participant_id = :person AND {group_is_run()})"
    sql = f"{_GROUP_PROGRESS} WHERE g.round = :round AND (:everything = 1 OR {own}) ORDER BY x.position, g.number, g.id"
    rows = await tx.all(sql, round=round_number, person=participant_id, everything=int(everything))
    return [_group_progress(row, unwritten) for row in rows]


def _group_progress(row: Row, unwritten: Collection[int]) -> GroupProgress:
    return GroupProgress(
        Group(row["g_id"], row["round"], row["theme"], row["number"], row["name"], row["room"]),
        record(PhaseRun, row) if row["id"] is not None else None,
        row["ideas"],
        row["members"],
        row["spoken"],
        row["id"] in unwritten,
        row["call_id"],
        instant_or_none(row["called_at"]),
        row["taken_by"],
        row["taker"] or "",
    )
