"""Stores groups' wishes for their turns."""

from __future__ import annotations

from dataclasses import dataclass

from bot.database.engine import Transaction
from handlers.plenary.store import endings


@dataclass(frozen=True, slots=True)
class TurnWishes:
    """The wishes of a group for its turn in a plenary.

    `remote` is whether it presents remotely, `declines` whether it takes no questions, and `named` whether the ideas of
    its workshops show first names on the wall.
    """

    remote: bool = False
    declines: bool = False
    named: bool = False


async def wishes_of(tx: Transaction, group_id: int) -> TurnWishes:
    """Return the wishes of a group for its turn."""
    sql = "SELECT remote, declines, named FROM stage_wishes WHERE group_id = :group"
    return await tx.row(TurnWishes, sql, group=group_id) or TurnWishes()


async def set_remote(tx: Transaction, group_id: int, remote: bool) -> None:
    """Store whether a group presents remotely."""
    await tx.run(
        "INSERT INTO stage_wishes (group_id, remote) VALUES (:group, :remote)"
        " ON CONFLICT (group_id) DO UPDATE SET remote = excluded.remote",
        group=group_id,
        remote=int(remote),
    )


async def set_declines(tx: Transaction, group_id: int, declines: bool) -> None:
    """Store whether a group takes no questions."""
    await tx.run(
        "INSERT INTO stage_wishes (group_id, declines) VALUES (:group, :declines)"
        " ON CONFLICT (group_id) DO UPDATE SET declines = excluded.declines",
        group=group_id,
        declines=int(declines),
    )


async def groups_declining(tx: Transaction, plenary_id: int) -> frozenset[int]:
    """Return the ids of the groups of a plenary that take no questions."""
    found = await tx.values(
        int,
        "SELECT t.group_id FROM stage_turns t JOIN stage_wishes w ON w.group_id = t.group_id"
        " WHERE t.plenary_id = :id AND w.declines = 1",
        id=plenary_id,
    )
    return frozenset(found)


async def set_shows_names(tx: Transaction, group_id: int, named: bool) -> None:
    """Store whether the ideas of a group show first names on the wall."""
    await tx.run(
        "INSERT INTO stage_wishes (group_id, named) VALUES (:group, :named)"
        " ON CONFLICT (group_id) DO UPDATE SET named = excluded.named",
        group=group_id,
        named=int(named),
    )
    await endings.record(tx, "group unnamed", group_id, back=named)


async def groups_showing_names(tx: Transaction) -> frozenset[int]:
    """Return the ids of the groups whose ideas show first names on the wall."""
    return frozenset(await tx.values(int, "SELECT group_id FROM stage_wishes WHERE named = 1"))
