"""Reads what the demo's invented people have done in the latest phases of their groups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.database.engine import Transaction
from bot.database.records import record
from handlers.workshops.model import Phase, PhaseRun
from handlers.workshops.store.phases import all_phases
from handlers.workshops.store.runs import RUN_COLUMNS


@dataclass(frozen=True, slots=True)
class TableMember:
    """A member of a group who joined, and what the member did in the group's latest phase.

    `index` is the member's position in the group, from 0; `idea_count` is how many ideas the member gave; `voted` and
    `described` are whether the member voted, and whether they wrote their territory card.
    """

    id: int
    index: int
    locale: str
    idea_count: int
    voted: bool
    described: bool


@dataclass(frozen=True, slots=True)
class WorkTable:
    """A group that has begun a phase, with the `run` of its latest phase (the phase as this group lives it).

    `number` is the group's number within its theme. `idle` are the members whom the program plays; `visited` is whether
    a visitor of the demo plays another member.
    """

    run: PhaseRun
    phase: Phase
    theme: str
    number: int
    idle: Sequence[TableMember]
    visited: bool


async def tables_at_work(tx: Transaction, visitors: Collection[int]) -> Sequence[WorkTable]:
    """Return the groups that have begun a phase, each with its latest phase.

    `visitors` are the ids of the people whose pages a visitor of the demo opened; the program does not play them.
    """
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
    phases = {phase.key: phase for phase in await all_phases(tx)}
    tables: list[WorkTable] = []
    for _run_id, rows_of_run in groupby(rows, key=lambda row: row["id"]):
        member_rows = list(rows_of_run)
        members = [
            TableMember(row["person"], index, row["locale"], row["given"], bool(row["voted"]), bool(row["described"]))
            for index, row in enumerate(member_rows)
        ]
        idle = [member for member in members if member.id not in visitors]
        first = member_rows[0]
        run = record(PhaseRun, first)
        visited = len(idle) < len(members)
        tables.append(WorkTable(run, phases[run.phase], first["theme"], first["number"], idle, visited))
    return tables
