"""Stores imports that wait to be confirmed: the content of a valid file that an organiser sent.

An import waits until an organiser confirms it, or for a day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from bot.clock import to_micros
from bot.database.engine import Transaction

KEPT = timedelta(days=1)
"""How long an organiser can confirm an import."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PendingImport(Generic[T]):
    """An import that waits until the organiser who sent the file confirms it; `items` are what was read from the file.

    `digest` is a digest of the changes that the organiser was shown. When they confirm, the digest is computed again:
    if it differs, the import would now change something else.
    """

    items: Sequence[T]
    digest: str


@dataclass(frozen=True, slots=True)
class PendingImports(Generic[T]):
    """A database table with imports that wait to be confirmed.

    Its column `column` has what was read from the file, as JSON. It also has the columns `id`, `author_id`, `digest`
    and `created_at`.
    """

    table: str
    column: str
    encode: Callable[[Iterable[T]], Sequence[dict[str, Any]]]
    """A function that converts items to JSON values; `decode` converts these values back to items."""
    decode: Callable[[Iterable[dict[str, Any]]], Sequence[T]]

    async def add(self, tx: Transaction, author_id: int, pending: PendingImport[T], now: datetime) -> int:
        """Store an import until the organiser with the id `author_id` confirms it; return the import's id."""
        return await tx.value(
            int,
            f"INSERT INTO {self.table} (author_id, {self.column}, digest, created_at)"
            " VALUES (:author, :items, :digest, :now) RETURNING id",
            author=author_id,
            items=json.dumps(self.encode(pending.items), ensure_ascii=False),
            digest=pending.digest,
            now=to_micros(now),
        )

    async def find(self, tx: Transaction, pending_id: int, now: datetime) -> PendingImport[T] | None:
        """Return an import that waits to be confirmed; None if there is none, or if it is more than a day old."""
        row = await tx.one(
            f"SELECT {self.column}, digest FROM {self.table} WHERE id = :id AND created_at >= :since",
            id=pending_id,
            since=to_micros(now - KEPT),
        )
        return PendingImport(self.decode(json.loads(row[self.column])), row["digest"]) if row else None

    async def take(self, tx: Transaction, pending_id: int, now: datetime) -> PendingImport[T] | None:
        """Delete an import that waits to be confirmed, and return it; None if there is none, or if it is too old.

        It is too old after a day.
        """
        pending = await self.find(tx, pending_id, now)
        return pending if pending and await self.drop(tx, pending_id) else None

    async def drop(self, tx: Transaction, pending_id: int) -> bool:
        """Delete an import that waits to be confirmed. Returns False if there was none with this id."""
        return bool(await tx.run(f"DELETE FROM {self.table} WHERE id = :id", id=pending_id))

    async def forget_old(self, tx: Transaction, now: datetime) -> int:
        """Delete the imports that were not confirmed within a day, and return how many."""
        return await tx.run(f"DELETE FROM {self.table} WHERE created_at < :before", before=to_micros(now - KEPT))


def digest_of(*changes: object) -> str:
    """Return a digest (16 hexadecimal digits) of what an import would change. Different changes have different digests.

    The digest is computed from the `repr` of each of `changes`.
    """
    return hashlib.sha256(repr(changes).encode()).hexdigest()[:16]
