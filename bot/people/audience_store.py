"""Reads which participants are in an audience, and what the audience is called.

    condition, params = where(audience)
    await tx.all(f"SELECT p.id FROM participants p WHERE {condition}", **params)

Only people who have joined are in any audience, because nobody else can get messages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.content.texts import Name, Span
from bot.database.engine import Transaction
from bot.people.audiences import Audience
from bot.people.participant_store import IdRange


def where(audience: Audience) -> tuple[str, Mapping[str, str | int]]:
    """Return an SQL condition, in brackets, that the participant `p` is in an audience; and its parameters by name."""
    condition = audience.condition
    params: dict[str, str | int] = {}
    if ":a_value" in condition:
        params["a_value"] = audience.value
    if ":a_number" in condition:
        params["a_number"] = audience.number
    return f"({condition})", params


async def people(tx: Transaction, audience: Audience, ids: IdRange | None = None) -> Sequence[int]:
    """Return the ids of all participants in an audience, ascending; with `ids`, only the ids in this range."""
    condition, params = where(audience)
    if ids:
        condition = f"p.id > :a_after AND p.id <= :a_last AND {condition}"
        params = {**params, "a_after": ids.after, "a_last": ids.last}
    return await tx.values(int, f"SELECT p.id FROM participants p WHERE {condition} ORDER BY p.id", **params)


async def count(tx: Transaction, audience: Audience) -> int:
    """Return how many participants are in an audience."""
    condition, params = where(audience)
    return await tx.value(int, f"SELECT COUNT(*) FROM participants p WHERE {condition}", **params)


async def among(tx: Transaction, audience: Audience, people: Collection[int]) -> frozenset[int]:
    """Return the ids of those participants in `people` who are in an audience."""
    if not people:
        return frozenset()
    condition, params = where(audience)
    rows = await tx.all(
        f"SELECT p.id FROM participants p WHERE p.id >= :a_first AND p.id <= :a_last AND {condition}",
        a_first=min(people),
        a_last=max(people),
        **params,
    )
    return frozenset(row["id"] for row in rows) & frozenset(people)


async def includes(tx: Transaction, audience: Audience, participant_id: int) -> bool:
    """Return whether a participant is in an audience."""
    condition, params = where(audience)
    return await tx.exists(
        f"SELECT 1 FROM participants p WHERE p.id = :a_person AND {condition}",
        a_person=participant_id,
        **params,
    )


async def describe(tx: Transaction, audience: Audience) -> Span:
    """Return the name of an audience as people read it: «everyone», «Culture», «Culture 3», «Québec».

    If the thing that the audience is about, such as a group, no longer exists, the stored word («group:12») is
    returned.
    """
    return await audience.words(tx, audience.value) or Name(audience.encode())
