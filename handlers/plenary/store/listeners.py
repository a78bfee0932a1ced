"""Reads who listens in which plenary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.database.engine import Transaction
from bot.people.audiences import COMES
from handlers.plenary.model.turns import Plenary


async def listeners_of(tx: Transaction, plenary_id: int) -> Sequence[int]:
    """Return the ids of a plenary's listeners who joined and take part.

    Listeners are the members of its groups and, in room 1, everyone whose group has no turn in another plenary of the
    round. Turns in a plenary that is over do not count: people who have presented listen to the others.
    """
    return await tx.values(
        int,
        f"SELECT p.id FROM participants p WHERE {COMES} AND (EXISTS"
        " (SELECT 1 FROM members m JOIN stage_turns t ON t.group_id = m.group_id"
        " WHERE m.participant_id = p.id AND t.plenary_id = :id) OR (EXISTS"
        " (SELECT 1 FROM plenaries n WHERE n.id = :id AND n.room = 1) AND NOT EXISTS"
        " (SELECT 1 FROM members m JOIN stage_turns t ON t.group_id = m.group_id"
        " JOIN plenaries o ON o.id = t.plenary_id JOIN plenaries n ON n.round = o.round"
        " WHERE m.participant_id = p.id AND n.id = :id AND o.ended_at IS NULL))) ORDER BY p.id",
        id=plenary_id,
    )


async def group_of_listener(tx: Transaction, plenary_id: int, participant_id: int) -> int | None:
    """Return the id of the person's group if it has a turn in a plenary or a table in a gallery; None otherwise."""
    return await tx.value_or_none(
        int,
        "SELECT t.group_id FROM stage_turns t JOIN members m ON m.group_id = t.group_id"
        " WHERE t.plenary_id = :id AND m.participant_id = :person",
        id=plenary_id,
        person=participant_id,
    )


async def groups_of_listeners(tx: Transaction, plenary_id: int) -> Mapping[int, int]:
    """Return, by participant id, the id of the person's group that has a turn in a plenary."""
    rows = await tx.all(
        "SELECT m.participant_id, m.group_id FROM members m JOIN stage_turns t ON t.group_id = m.group_id"
        " WHERE t.plenary_id = :id",
        id=plenary_id,
    )
    return {row["participant_id"]: row["group_id"] for row in rows}


async def plenary_of_listener(tx: Transaction, participant_id: int, plenaries: Sequence[Plenary]) -> Plenary:
    """Return which of these plenaries a person listens to: the one in which their group presents, or else the first."""
    row = await tx.one(
        "SELECT t.plenary_id FROM members m JOIN stage_turns t ON t.group_id = m.group_id"
        " JOIN plenaries n ON n.id = t.plenary_id WHERE m.participant_id = :person AND n.began_at IS NOT NULL"
        " AND n.ended_at IS NULL ORDER BY n.id LIMIT 1",
        person=participant_id,
    )
    known = {plenary.id: plenary for plenary in plenaries}
    return known.get(row["plenary_id"], plenaries[0]) if row else plenaries[0]


async def groups_of_member(tx: Transaction, participant_id: int) -> frozenset[int]:
    """Return the ids of a person's groups that have a turn in a plenary."""
    found = await tx.values(
        int,
        "SELECT m.group_id FROM members m JOIN stage_turns t ON t.group_id = m.group_id WHERE m.participant_id = :id",
        id=participant_id,
    )
    return frozenset(found)
