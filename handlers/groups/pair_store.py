"""Pairs of people who must, or must not, be in one group."""

from __future__ import annotations

from bot.database.engine import Transaction
from handlers.groups.model import PairKind


async def kind_of(tx: Transaction, one: int, other: int) -> PairKind | None:
    """What is asked of two people, in either order; None for nothing."""
    row = await tx.one(
        "SELECT kind FROM pairs WHERE first_id = :first AND second_id = :second",
        first=min(one, other),
        second=max(one, other),
    )
    return row["kind"] if row else None


async def put(tx: Transaction, one: int, other: int, kind: PairKind | None) -> None:
    """Ask two different people to be together or apart, or (None) nothing of them any more."""
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
