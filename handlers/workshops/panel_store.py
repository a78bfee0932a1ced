"""What a facilitator's panel shows: every group at once, in one statement besides what phases leave behind."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros
from bot.database.engine import Row, Transaction
from bot.people.facilitator_store import OF_GROUP
from handlers.groups.model import Group
from handlers.workshops import hooks
from handlers.workshops.model import PhaseRun
from handlers.workshops.store import COUNTS, RUN_COLUMNS, run_of_row

IS_THERE = (
    "p.status = 'joined' AND NOT EXISTS (SELECT 1 FROM attendance t WHERE t.participant_id = p.id AND t.present = 0"
    " AND t.day = (SELECT w.day FROM rounds w WHERE w.number = m.round))"
)
"""Whether a member m, who is the participant p, came in and was not marked absent on the day of the round."""
HAS_SPOKEN = (
    "(EXISTS (SELECT 1 FROM ideas i WHERE i.author_id = p.id AND i.phase = r.phase AND i.group_id = m.group_id"
    " AND i.state = 'live') OR (r.phase IN (SELECT h.key FROM phases h WHERE h.collects = 'territories')"
    " AND EXISTS (SELECT 1 FROM territory_cards k WHERE k.participant_id = p.id AND k.group_id = m.group_id)))"
)
"""Whether the participant p, a member m, said anything in the phase of the run r: an idea, or of their territory."""

_STANDING = (
    "SELECT g.id AS g_id, g.round, g.theme, g.number, g.name, g.room,"
    f" {RUN_COLUMNS},"
    f" (SELECT COUNT(*) FROM ideas i WHERE i.group_id = g.id AND i.phase = r.phase AND {COUNTS}) AS ideas,"
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
class Standing:
    """How a group stands: in its open phase, else in the one that ended last; `run` is None before any.

    `members` are those who are there, `spoken` those of them who said something in that phase. `missing`: what the
    phase makes is not written. `call` is an open call, since `called_at`; `taken_by` and `taker`, a first name, who
    comes: None and '' for nobody.
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


async def standings(tx: Transaction, round_number: int, participant_id: int, *, everything: bool) -> Sequence[Standing]:
    """The groups of a round that someone runs (or all), by theme, then number."""
    rows = await tx.all(_STANDING, round=round_number, person=participant_id, everything=int(everything))
    unwritten = await hooks.unwritten_runs(tx, round_number)
    return [_standing(row, unwritten) for row in rows]


async def last_round(tx: Transaction) -> int:
    """The last round whose groups began a phase; 0 before any."""
    row = await tx.one("SELECT MAX(g.round) AS last FROM phase_runs r JOIN groups g ON g.id = r.group_id")
    return (row["last"] or 0) if row else 0


def _standing(row: Row, unwritten: Collection[int]) -> Standing:
    called = row["called_at"]
    return Standing(
        Group(row["g_id"], row["round"], row["theme"], row["number"], row["name"], row["room"]),
        run_of_row(row) if row["id"] is not None else None,
        row["ideas"],
        row["members"],
        row["spoken"],
        row["id"] in unwritten,
        row["call_id"],
        None if called is None else from_micros(called),
        row["taken_by"],
        row["taker"] or "",
    )


async def silent(tx: Transaction, run_id: int) -> Sequence[int]:
    """Who of a run's group is there and has said nothing in its phase yet, by id."""
    rows = await tx.all(
        "SELECT p.id FROM phase_runs r JOIN members m ON m.group_id = r.group_id"
        " JOIN participants p ON p.id = m.participant_id"
        f" WHERE r.id = :run AND {IS_THERE} AND NOT {HAS_SPOKEN} ORDER BY p.id",
        run=run_id,
    )
    return [row["id"] for row in rows]
