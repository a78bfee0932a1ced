"""The SQL of organisers' rules about two people, who must or must not be in one group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.database.engine import Transaction
from handlers.groups.model import PairKind


async def pairs_of(tx: Transaction, participant_id: int) -> Sequence[tuple[int, PairKind]]:
    """Return the organisers' rules about a participant: the other person's id, and «together» or «apart»."""
    rows = await tx.all(
        "SELECT first_id, second_id, kind FROM pairs WHERE first_id = :id OR second_id = :id", id=participant_id
    )
    return [(row["first_id"] + row["second_id"] - participant_id, row["kind"]) for row in rows]


async def all_pairs(tx: Transaction) -> Sequence[tuple[int, int, str]]:
    """Return all organisers' rules about two people, sorted: two participant ids, and «together» or «apart»."""
    rows = await tx.all("SELECT first_id, second_id, kind FROM pairs ORDER BY first_id, second_id")
    return [(row["first_id"], row["second_id"], row["kind"]) for row in rows]


async def any_pair(tx: Transaction, participant_ids: Iterable[int]) -> bool:
    """Return whether a rule of the organisers keeps two of the people with these ids together or apart."""
    ids = set(participant_ids)
    rows = await tx.all("SELECT first_id, second_id FROM pairs")
    return any(row["first_id"] in ids and row["second_id"] in ids for row in rows)


async def kind_of_pair(tx: Transaction, one: int, other: int) -> PairKind | None:
    """Return the organisers' rule about two people in groups: «together», «apart», or None if there is no rule."""
    row = await tx.one(
        "SELECT kind FROM pairs WHERE first_id = :first AND second_id = :second",
        first=min(one, other),
        second=max(one, other),
    )
    return row["kind"] if row else None


async def put_pair(tx: Transaction, one: int, other: int, kind: PairKind | None) -> None:
    """Store a rule for two different people: they must be «together» in one group, or «apart».

    If `kind` is None, the rule for these two people is removed.
    """
    pair = {"first": min(one, other), "second": max(one, other)}
    if kind is None:
        await tx.run("DELETE FROM pairs WHERE first_id = :first AND second_id = :second", **pair)
        return
    await tx.run(
        "INSERT INTO pairs (first_id, second_id, kind) VALUES (:first, :second, :kind)"
        " ON CONFLICT (first_id, second_id) DO UPDATE SET kind = :kind",
        **pair,
        kind=kind,
    )
