"""Reads and writes pictures whose bytes are stored in rows of the database (tables with `FileTable.held`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.database.engine import Transaction
from bot.files.named_files import FileTable


@dataclass(frozen=True, slots=True)
class HeldPicture:
    """A picture whose bytes a row of the database contains.

    `owner` is the id of what the picture belongs to, and `position` its number among the owner's pictures, from 0.
    """

    owner: int
    position: int
    content: bytes


async def next_owner(tx: Transaction, table: FileTable, after: int) -> int | None:
    """Return the lowest id above `after` to which pictures in a table belong; None if there is none."""
    row = await tx.one(
        f"SELECT MIN({table.owner}) AS next FROM {table.name} WHERE {table.owner} > :after AND kind = 'picture'"
        " AND LENGTH(content) > 0",
        after=after,
    )
    return row["next"] if row else None


async def of_owner(tx: Transaction, table: FileTable, owner: int) -> Sequence[HeldPicture]:
    """Return the pictures in a table that belong to the thing with the id `owner`, sorted by position."""
    rows = await tx.all(
        f"SELECT position, content FROM {table.name} WHERE {table.owner} = :owner AND kind = 'picture'"
        " AND LENGTH(content) > 0 ORDER BY position",
        owner=owner,
    )
    return [HeldPicture(owner, row["position"], bytes(row["content"])) for row in rows]


async def put(tx: Transaction, table: FileTable, before: HeldPicture, content: bytes) -> None:
    """Replace the bytes of the picture `before` with `content`.

    Does nothing if the stored bytes were changed since `before` was read.
    """
    await tx.run(
        f"UPDATE {table.name} SET content = :content WHERE {table.owner} = :owner AND position = :position"
        " AND content = :before",
        content=content,
        owner=before.owner,
        position=before.position,
        before=before.content,
    )
