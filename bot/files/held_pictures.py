"""Pictures whose bytes the database itself holds: those on announcements, and the oldest of those on pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.database.engine import Transaction

TABLES = {"announcement_files": "announcement_id", "page_files": "message_id"}
"""Each table that holds some, with the column of what they hang on."""


@dataclass(frozen=True, slots=True)
class HeldPicture:
    """A picture on something (`owner`), at a position from 0."""

    owner: int
    position: int
    content: bytes


async def next_owner(tx: Transaction, table: str, after: int) -> int | None:
    """The first thing after that one on which pictures hang; None once there is none."""
    owner = TABLES[table]
    row = await tx.one(
        f"SELECT MIN({owner}) AS next FROM {table} WHERE {owner} > :after AND kind = 'picture' AND LENGTH(content) > 0",
        after=after,
    )
    return row["next"] if row else None


async def of_owner(tx: Transaction, table: str, owner: int) -> Sequence[HeldPicture]:
    """The pictures that hang on something."""
    rows = await tx.all(
        f"SELECT position, content FROM {table} WHERE {TABLES[table]} = :owner AND kind = 'picture'"
        " AND LENGTH(content) > 0 ORDER BY position",
        owner=owner,
    )
    return [HeldPicture(owner, row["position"], bytes(row["content"])) for row in rows]


async def put(tx: Transaction, table: str, before: HeldPicture, content: bytes) -> None:
    """Have a picture's bytes be these, unless they were changed since."""
    await tx.run(
        f"UPDATE {table} SET content = :content WHERE {TABLES[table]} = :owner AND position = :position"
        " AND content = :before",
        content=content,
        owner=before.owner,
        position=before.position,
        before=before.content,
    )
