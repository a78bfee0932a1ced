"""Stores the presenters of groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.names import Named
from bot.database.engine import Transaction


@dataclass(frozen=True, slots=True)
class Presenter(Named):
    """A presenter of a group. `alternates` says whether they agree that the order may alternate women and men."""

    id: int
    given_name: str
    family_name: str
    alternates: bool


async def presenters_of(tx: Transaction, group_id: int) -> Sequence[Presenter]:
    """Return the presenters of a group who are still in it and take part, in the order of the list of people."""
    return await tx.rows(
        Presenter,
        "SELECT p.id, p.given_name, p.family_name, r.alternates FROM presenters r"
        " JOIN members m ON m.group_id = r.group_id AND m.participant_id = r.participant_id"
        " JOIN participants p ON p.id = r.participant_id"
        " WHERE r.group_id = :group AND p.status = 'joined' ORDER BY p.id",
        group=group_id,
    )


async def groups_presented_by(tx: Transaction, participant_id: int) -> Sequence[int]:
    """Return the ids of the groups for which a person was named as a presenter."""
    return await tx.values(
        int, "SELECT group_id FROM presenters WHERE participant_id = :id ORDER BY group_id", id=participant_id
    )


async def count_without_presenters(tx: Transaction, plenary_id: int) -> int:
    """Return how many groups of a plenary have named no presenters."""
    return await tx.value(
        int,
        "SELECT COUNT(*) FROM stage_turns t WHERE t.plenary_id = :id"
        " AND NOT EXISTS (SELECT 1 FROM presenters r WHERE r.group_id = t.group_id)",
        id=plenary_id,
    )


async def put_presenters(tx: Transaction, group_id: int, people: Sequence[int]) -> None:
    """Store the presenters of a group (participant ids) in place of earlier ones.

    Presenters who stay keep what they agreed to.
    """
    rows = await tx.all("SELECT participant_id FROM presenters WHERE group_id = :group", group=group_id)
    gone = {row["participant_id"] for row in rows} - set(people)
    await tx.many(
        "DELETE FROM presenters WHERE group_id = :group AND participant_id = :person",
        [{"group": group_id, "person": person} for person in sorted(gone)],
    )
    await tx.many(
        "INSERT INTO presenters (group_id, participant_id) VALUES (:group, :person) ON CONFLICT DO NOTHING",
        [{"group": group_id, "person": person} for person in people],
    )


async def set_alternates(tx: Transaction, group_id: int, participant_id: int, alternates: bool) -> None:
    """Store whether a presenter agrees that the order may alternate women and men; does nothing for other people."""
    await tx.run(
        "UPDATE presenters SET alternates = :alternates WHERE group_id = :group AND participant_id = :person",
        group=group_id,
        person=participant_id,
        alternates=int(alternates),
    )
