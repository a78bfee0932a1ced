"""Stores galleries of tables: their rounds, who sits at which table, and who visits which in each round."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clock import micros_or_none
from bot.database.engine import Transaction
from bot.people.audiences import COMES
from handlers.plenary.model.gallery import Table, Visits
from handlers.plenary.model.turns import StageTurn


async def rounds_of(tx: Transaction, plenary_id: int) -> Sequence[StageTurn]:
    """Return the rounds of a gallery in order, as turns without a group (id 0), so that the same clocks can be used."""
    return await tx.rows(
        StageTurn,
        "SELECT 0 AS group_id, plenary_id, number AS position, state, 0 AS passed, began_at, ends_at, over_at"
        " FROM gallery_rounds WHERE plenary_id = :id ORDER BY number",
        id=plenary_id,
    )


async def put_rounds(tx: Transaction, plenary_id: int, rounds: int) -> None:
    """Store that a gallery, which has not begun, has `rounds` rounds, in place of earlier ones; 0 for none."""
    await tx.run("DELETE FROM gallery_rounds WHERE plenary_id = :id", id=plenary_id)
    await tx.many(
        "INSERT INTO gallery_rounds (plenary_id, number) VALUES (:id, :number)",
        [{"id": plenary_id, "number": number} for number in range(1, rounds + 1)],
    )


async def save_rounds(tx: Transaction, rounds: Sequence[StageTurn]) -> None:
    """Store the progress of the given rounds of a gallery."""
    await tx.many(
        "UPDATE gallery_rounds SET state = :state, began_at = :began, ends_at = :ends, over_at = :over"
        " WHERE plenary_id = :plenary AND number = :number",
        [
            {
                "plenary": round_.plenary_id,
                "number": round_.position,
                "state": round_.state,
                "began": micros_or_none(round_.began_at),
                "ends": micros_or_none(round_.ends_at),
                "over": micros_or_none(round_.over_at),
            }
            for round_ in rounds
        ],
    )


async def tables_of(tx: Transaction, plenary_id: int) -> Sequence[Table]:
    """Return the tables of a gallery in order, each with the members who joined and take part."""
    rows = await tx.all(
        "SELECT t.group_id, g.theme, p.id FROM stage_turns t JOIN groups g ON g.id = t.group_id"
        " LEFT JOIN members m ON m.group_id = t.group_id"
        f" LEFT JOIN participants p ON p.id = m.participant_id AND {COMES}"
        " WHERE t.plenary_id = :id ORDER BY t.position, t.group_id, p.id",
        id=plenary_id,
    )
    members: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        here = members.setdefault((row["group_id"], row["theme"]), [])
        here += [row["id"]] if row["id"] is not None else []
    return [Table(group_id, theme, people) for (group_id, theme), people in members.items()]


async def put_visits(tx: Transaction, plenary_id: int, plan: Sequence[Visits]) -> None:
    """Store who visits which table in each round of a gallery, in place of earlier visits."""
    await tx.run("DELETE FROM gallery_visits WHERE plenary_id = :id", id=plenary_id)
    await tx.many(
        "INSERT INTO gallery_visits (plenary_id, number, participant_id, group_id)"
        " VALUES (:plenary, :number, :person, :group)",
        [
            {"plenary": plenary_id, "number": number, "person": person, "group": group_id}
            for number, visits in enumerate(plan, start=1)
            for person, group_id in visits.items()
        ],
    )


async def visits_of_round(tx: Transaction, plenary_id: int, number: int) -> Visits:
    """Return who visits which table in one round of a gallery."""
    rows = await tx.all(
        "SELECT participant_id, group_id FROM gallery_visits WHERE plenary_id = :id AND number = :number",
        id=plenary_id,
        number=number,
    )
    return {row["participant_id"]: row["group_id"] for row in rows}


async def table_of_visitor(tx: Transaction, plenary_id: int, number: int, participant_id: int) -> int | None:
    """Return the id of the group whose table a person visits in a round of a gallery; None if they visit none."""
    return await tx.value_or_none(
        int,
        "SELECT group_id FROM gallery_visits WHERE plenary_id = :id AND number = :number AND participant_id = :person",
        id=plenary_id,
        number=number,
        person=participant_id,
    )
