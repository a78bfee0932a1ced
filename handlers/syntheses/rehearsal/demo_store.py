"""What the demo's invented people find where they work: their groups, and what each of them did there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.database.engine import Transaction
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.store import RUN_COLUMNS, all_phases, run_of_row


@dataclass(frozen=True, slots=True)
class TableMember:
    """Someone of a group who came in, `place` counts from 0; what they did in the phase the group lived last."""

    id: int
    place: int
    locale: str
    given: int
    voted: bool
    described: bool


@dataclass(frozen=True, slots=True)
class WorkTable:
    """A group at work: the phase it lives, or lived last. `idle` is whoever the visitor is not."""

    run: PhaseRun
    phase: Phase
    theme: str
    number: int
    idle: Sequence[TableMember]
    visited: bool


async def tables_at_work(tx: Transaction, visitors: Collection[int]) -> Sequence[WorkTable]:
    """The groups, each with the phase it lived last."""
    rows = await tx.all(
        f"SELECT {RUN_COLUMNS}, g.theme, g.number, p.id AS person, p.locale,"
        " (SELECT COUNT(*) FROM ideas i WHERE i.author_id = p.id AND i.phase = r.phase) AS given,"
        " EXISTS (SELECT 1 FROM idea_votes v JOIN ideas i ON i.id = v.idea_id WHERE v.participant_id = p.id"
        " AND i.phase = r.phase) AS voted,"
        " EXISTS (SELECT 1 FROM territory_cards c WHERE c.participant_id = p.id AND c.group_id = g.id) AS described"
        " FROM groups g JOIN phase_runs r ON r.id = (SELECT l.id FROM phase_runs l WHERE l.group_id = g.id"
        " ORDER BY l.started_at DESC, l.id DESC LIMIT 1)"
        " JOIN members m ON m.group_id = g.id JOIN participants p ON p.id = m.participant_id"
        " WHERE p.status = 'joined' ORDER BY r.id, p.id"
    )
    known = {phase.key: phase for phase in await all_phases(tx)}
    found: list[WorkTable] = []
    for _run, at_table in groupby(rows, key=lambda row: row["id"]):
        seated = list(at_table)
        members = [
            TableMember(row["person"], place, row["locale"], row["given"], bool(row["voted"]), bool(row["described"]))
            for place, row in enumerate(seated)
        ]
        idle = [member for member in members if member.id not in visitors]
        first = seated[0]
        run = run_of_row(first)
        found.append(WorkTable(run, known[run.phase], first["theme"], first["number"], idle, len(idle) < len(members)))
    return found
