"""Reads and writes pictures that the database itself holds, in the tables that are `held`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.database.engine import Transaction
from bot.files.named_files import FileTable


@dataclass(frozen=True, slots=True)
class HeldPicture:
    """A picture of something (`owner`, the id of its row), at a position from 0."""

    owner: int
    position: int
    content: bytes


async def next_owner(tx: Transaction, table: FileTable, after: int) -> int | None:
    """Return the id of the first row after `after` that has pictures; None if there is none."""
    row = await tx.one(
        f"SELECT MIN({table.owner}) AS next FROM {table.name} WHERE {table.owner} > :after AND kind = 'picture'"
        " AND LENGTH(content) > 0",
        after=after,
    )
    return row["next"] if row else None


async def of_owner(tx: Transaction, table: FileTable, owner: int) -> Sequence[HeldPicture]:
    """Return the pictures of one row, by its id."""
    rows = await tx.all(
        f"SELECT position, content FROM {table.name} WHERE {table.owner} = :owner AND kind = 'picture'"
        " AND LENGTH(content) > 0 ORDER BY position",
        owner=owner,
    )
    return [HeldPicture(owner, row["position"], bytes(row["content"])) for row in rows]


async def put(tx: Transaction, table: FileTable, before: HeldPicture, content: bytes) -> None:
    """Replace a picture's bytes, unless they were changed since `before` was read."""
    await tx.run(
        f"UPDATE {table.name} SET content = :content WHERE {table.owner} = :owner AND position = :position"
        " AND content = :before",
        content=content,
        owner=before.owner,
        position=before.position,
        before=before.content,
    )
