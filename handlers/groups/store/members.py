"""The SQL of who is in which group, and of the people who should be in one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from bot.clock import instant_or_none
from bot.content.names import collation, display_name
from bot.database.engine import Transaction
from bot.database.records import record
from bot.people.audiences import COMES
from handlers.groups.model import Group, Member, Round
from handlers.groups.store.groups import GROUP
from handlers.groups.store.rounds import all_rounds

_PEOPLE = (
    "SELECT p.id, p.ref, p.given_name, p.family_name, p.territory, p.gender, p.birth_year, c.theme,"
    " c.second_theme, CASE WHEN p.status = 'joined' THEN 1 ELSE 0 END AS joined, COALESCE(a.platform, '') AS platform,"
    " m.group_id, COALESCE(m.pinned, 0) AS pinned FROM participants p"
    " JOIN choices c ON c.participant_id = p.id LEFT JOIN accounts a ON a.id = p.preferred_account"
    " LEFT JOIN members m ON m.participant_id = p.id AND m.round = :round"
)

# Not IN ('invited', 'joined'): nearly everyone has these states, and SQLite would look each of them up in the index.
TO_BE_GROUPED = "p.attends = 1 AND p.status NOT IN ('withdrawn', 'revoked') AND c.theme IS NOT NULL"
"""The SQL condition for participants `p`, with their choices `c`, who attend the gathering and have a theme."""


async def people_with_theme(tx: Transaction, round_number: int) -> Sequence[Member]:
    """Return everyone who attends and has a theme, with their group in a round (one day), sorted by id.

    People who have not joined the bot yet are included.
    """
    return await tx.rows(Member, f"{_PEOPLE} WHERE {TO_BE_GROUPED} ORDER BY p.id", round=round_number)


async def names_of_people(tx: Transaction) -> Mapping[int, str]:
    """Return the displayed names, by id, of everyone who attends the gathering and has a theme."""
    rows = await tx.all(
        "SELECT p.id, p.given_name, p.family_name FROM participants p JOIN choices c ON c.participant_id = p.id"
        f" WHERE {TO_BE_GROUPED}"
    )
    return {row["id"]: display_name(row["given_name"], row["family_name"]) for row in rows}


async def person_with_theme(tx: Transaction, round_number: int, participant_id: int) -> Member | None:
    """Return a participant with their group in a round (one day); None if they do not attend or have no theme."""
    return await tx.row(
        Member, f"{_PEOPLE} WHERE {TO_BE_GROUPED} AND p.id = :id", round=round_number, id=participant_id
    )


async def members_of(tx: Transaction, group: Group) -> Sequence[Member]:
    """Return the members of a group, sorted by first name."""
    people = await tx.rows(Member, f"{_PEOPLE} WHERE m.group_id = :group", round=group.round, group=group.id)
    return sorted_by_name(people)


async def companions_of(tx: Transaction, person: int) -> Sequence[int]:
    """Return the ids of the people who were ever in a group with the participant `person`."""
    return await tx.values(
        int,
        "SELECT DISTINCT o.participant_id FROM members m JOIN members o ON o.group_id = m.group_id"
        " WHERE m.participant_id = :id AND o.participant_id <> :id ORDER BY o.participant_id",
        id=person,
    )


async def arrived_members(tx: Transaction, group_id: int) -> Sequence[int]:
    """Return the ids of the members of a group who joined the bot and take part."""
    return await tx.values(
        int,
        "SELECT p.id FROM members m JOIN participants p ON p.id = m.participant_id"
        f" WHERE m.group_id = :group AND {COMES} ORDER BY p.id",
        group=group_id,
    )


def sorted_by_name(people: Iterable[Member]) -> Sequence[Member]:
    """Return people sorted by first name, then by family name, regardless of accents and case."""
    return sorted(people, key=lambda person: (collation(person.given_name), collation(person.family_name), person.id))


async def group_of(tx: Transaction, participant_id: int, round_number: int) -> Group | None:
    """Return the group of a participant in a round (one day); None if the participant has none."""
    return await tx.row(
        Group,
        f"{GROUP} JOIN members m ON m.group_id = g.id WHERE m.participant_id = :id AND m.round = :round",
        id=participant_id,
        round=round_number,
    )


async def published_groups_of(tx: Transaction, people: Collection[int]) -> Mapping[int, Sequence[tuple[Round, Group]]]:
    """Return, by participant id, the published groups of each person in `people` (ids), sorted by day.

    People without such a group are left out.
    """
    if not people:
        return {}
    rows = await tx.all(
        "SELECT m.participant_id, r.day, r.meets_at, g.id, g.round, g.theme, g.number, g.name, g.room, g.locked"
        " FROM members m JOIN rounds r ON r.number = m.round"
        " JOIN groups g ON g.id = m.group_id WHERE r.published_at IS NOT NULL"
        " AND m.participant_id >= :first AND m.participant_id <= :last ORDER BY m.participant_id, r.number",
        first=min(people),
        last=max(people),
    )
    groups: dict[int, list[tuple[Round, Group]]] = {}
    wanted = frozenset(people)
    for row in rows:
        if row["participant_id"] in wanted:
            meets_at = instant_or_none(row["meets_at"])
            round_ = Round(row["round"], date.fromisoformat(row["day"]), meets_at, published=True)
            groups.setdefault(row["participant_id"], []).append((round_, record(Group, row)))
    return groups


async def groups_of_person(tx: Transaction, participant_id: int) -> Sequence[tuple[Round, Group]]:
    """Return a participant's published groups with their rounds (days), sorted by day.

    The answer is cached for the database transaction: if the transaction also changes groups, it must do so first.
    """
    if not any(round_.published for round_ in await all_rounds(tx)):
        return ()
    people = (participant_id,)
    published = await tx.cached(f"groups of {participant_id}", lambda tx: published_groups_of(tx, people))
    return published.get(participant_id, ())


async def put_in_group(tx: Transaction, participant_id: int, group: Group, *, pinned: bool = False) -> None:
    """Put a participant in a group, in place of their former group of that day. The caller notifies people.

    With `pinned`, the participant stays in the group when groups are formed again.
    """
    await tx.run(
        "INSERT INTO members (participant_id, round, group_id, pinned) VALUES (:id, :round, :group, :pinned)"
        " ON CONFLICT (participant_id, round) DO UPDATE SET group_id = :group, pinned = :pinned",
        id=participant_id,
        round=group.round,
        group=group.id,
        pinned=int(pinned),
    )


async def take_out_of_group(tx: Transaction, participant_id: int, round_number: int) -> None:
    """Take a participant out of their group in a round (one day). The caller notifies people."""
    await tx.run(
        "DELETE FROM members WHERE participant_id = :id AND round = :round", id=participant_id, round=round_number
    )


async def set_pinned(tx: Transaction, participant_id: int, round_number: int, pinned: bool) -> None:
    """Set whether a participant is pinned to their group of a round (one day).

    Pinned people keep their group when groups are formed again.
    """
    await tx.run(
        "UPDATE members SET pinned = :pinned WHERE participant_id = :id AND round = :round",
        id=participant_id,
        round=round_number,
        pinned=int(pinned),
    )


async def placements_of_round(tx: Transaction, round_number: int) -> Sequence[tuple[int, int, bool]]:
    """Return everyone in a group of a round (one day) as (participant id, group id, pinned), sorted by participant id.

    People who no longer attend are included. A pinned person stays in their group when groups are formed again.
    """
    rows = await tx.all(
        "SELECT participant_id, group_id, pinned FROM members WHERE round = :round ORDER BY participant_id",
        round=round_number,
    )
    return [(row["participant_id"], row["group_id"], bool(row["pinned"])) for row in rows]
