"""What a facilitator's panel shows: every group at once, in one statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros
from bot.database.engine import Row, Transaction
from bot.people.facilitator_store import OF_GROUP
from handlers.groups.model import Group
from handlers.syntheses.model import CANVAS, CARD_FIELDS
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

_SAID = " OR ".join(f"k.{field} <> ''" for field in CARD_FIELDS)
_FILLED = " + ".join(f"MAX(CASE WHEN k.{field} <> '' THEN 1 ELSE 0 END)" for field in CARD_FIELDS)
_UNFILLED = (
    f"SELECT CASE WHEN COUNT(*) = 0 OR MIN(u.filled) < {len(CARD_FIELDS)} THEN 1 ELSE 0 END FROM"
    f" (SELECT COALESCE((SELECT {_FILLED} FROM territory_cards k WHERE k.group_id = g.id AND k.territory = t.code), 0)"
    " AS filled FROM (SELECT p.territory AS code FROM members m JOIN participants p ON p.id = m.participant_id"
    " WHERE m.group_id = g.id AND p.status = 'joined' AND p.territory <> '' UNION SELECT k.territory"
    f" FROM territory_cards k WHERE k.group_id = g.id AND ({_SAID})) t) u"
)
"""Whether the grid of a group g has an empty square, or no territory at all: see `deliverables.grid`."""

_STANDING = (
    "SELECT g.id AS g_id, g.round, g.theme, g.number, g.name, g.room, h.collects,"
    f" {RUN_COLUMNS},"
    f" (SELECT COUNT(*) FROM ideas i WHERE i.group_id = g.id AND i.phase = r.phase AND {COUNTS}) AS ideas,"
    " (SELECT COUNT(*) FROM members m JOIN participants p ON p.id = m.participant_id"
    f" WHERE m.group_id = g.id AND {IS_THERE}) AS members,"
    " (SELECT COUNT(*) FROM members m JOIN participants p ON p.id = m.participant_id"
    f" WHERE m.group_id = g.id AND {IS_THERE} AND {HAS_SPOKEN}) AS spoken,"
    " (SELECT s.content FROM syntheses s WHERE s.group_id = g.id AND s.phase = r.phase AND s.state = 'current'"
    " ORDER BY s.id DESC LIMIT 1) AS written,"
    f" CASE WHEN h.collects = 'territories' THEN ({_UNFILLED}) ELSE 0 END AS unfilled,"
    " c.id AS call_id, c.called_at, c.taken_by, y.given_name AS taker"
    " FROM groups g JOIN themes x ON x.key = g.theme"
    " LEFT JOIN phase_runs r ON r.id = (SELECT q.id FROM phase_runs q WHERE q.group_id = g.id"
    " ORDER BY CASE WHEN q.state = 'ended' THEN 1 ELSE 0 END, q.started_at DESC, q.id DESC LIMIT 1)"
    " LEFT JOIN phases h ON h.key = r.phase"
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
    return [_standing(row) for row in rows]


async def last_round(tx: Transaction) -> int:
    """The last round whose groups began a phase; 0 before any."""
    row = await tx.one("SELECT MAX(g.round) AS last FROM phase_runs r JOIN groups g ON g.id = r.group_id")
    return (row["last"] or 0) if row else 0


def _standing(row: Row) -> Standing:
    called = row["called_at"]
    return Standing(
        Group(row["g_id"], row["round"], row["theme"], row["number"], row["name"], row["room"]),
        run_of_row(row) if row["id"] is not None else None,
        row["ideas"],
        row["members"],
        row["spoken"],
        _is_missing(row),
        row["call_id"],
        None if called is None else from_micros(called),
        row["taken_by"],
        row["taker"] or "",
    )


def _is_missing(row: Row) -> bool:
    """As `handlers.syntheses.deliverables.missing` tells it of one group."""
    if row["id"] is None:
        return False
    if row["collects"] == "territories":
        return bool(row["unfilled"])
    if row["written"] is None:
        return True
    content = json.loads(row["written"])
    return row["collects"] == "solution" and any(not content.get(name) for name in ("idea", *CANVAS))


async def silent(tx: Transaction, run_id: int) -> Sequence[int]:
    """Who of a run's group is there and has said nothing in its phase yet, by id."""
    rows = await tx.all(
        "SELECT p.id FROM phase_runs r JOIN members m ON m.group_id = r.group_id"
        " JOIN participants p ON p.id = m.participant_id"
        f" WHERE r.id = :run AND {IS_THERE} AND NOT {HAS_SPOKEN} ORDER BY p.id",
        run=run_id,
    )
    return [row["id"] for row in rows]
