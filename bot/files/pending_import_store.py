"""Imports that wait: what was read from a file and found good, until an organiser confirms it or a day has passed."""

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
"""How long an organiser can come back to a file they sent."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PendingImport(Generic[T]):
    """What a file said, and the digest (`digest_of`) of what its sender was told importing it would do."""

    items: Sequence[T]
    digest: str


@dataclass(frozen=True, slots=True)
class PendingImports(Generic[T]):
    """Where the imports of one capability wait: its database table, and the column that holds what was read as JSON.

    Besides that column the table has `id`, `author_id`, `digest` and `created_at`.
    """

    table: str
    column: str
    encode: Callable[[Iterable[T]], Sequence[dict[str, Any]]]
    """Turns what was read into JSON values, and `decode` turns these back."""
    decode: Callable[[Iterable[dict[str, Any]]], Sequence[T]]

    async def add(self, tx: Transaction, author_id: int, pending: PendingImport[T], now: datetime) -> int:
        """Keep an import of this author; its id."""
        row = await tx.one(
            f"INSERT INTO {self.table} (author_id, {self.column}, digest, created_at)"
            " VALUES (:author, :items, :digest, :now) RETURNING id",
            author=author_id,
            items=json.dumps(self.encode(pending.items), ensure_ascii=False),
            digest=pending.digest,
            now=to_micros(now),
        )
        assert row is not None
        pending_id: int = row["id"]
        return pending_id

    async def take(self, tx: Transaction, pending_id: int, now: datetime) -> PendingImport[T] | None:
        """An import by id, which no longer waits then. None where it was taken before, or is older than a day."""
        row = await tx.one(
            f"DELETE FROM {self.table} WHERE id = :id AND created_at >= :since RETURNING {self.column}, digest",
            id=pending_id,
            since=to_micros(now - KEPT),
        )
        return PendingImport(self.decode(json.loads(row[self.column])), row["digest"]) if row else None

    async def forget_old(self, tx: Transaction, now: datetime) -> int:
        """Delete the imports that nobody came back to; how many there were."""
        return await tx.run(f"DELETE FROM {self.table} WHERE created_at < :before", before=to_micros(now - KEPT))


def digest_of(*changes: object) -> str:
    """A short mark of what an import would do: it differs when the changes do. Their `repr` must tell them apart."""
    return hashlib.sha256(repr(changes).encode()).hexdigest()[:16]
