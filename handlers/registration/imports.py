"""Lists of people that were read and found good, until they are imported or a day has passed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.people.listed import Gender, RosterPerson

KEPT = timedelta(days=1)
"""How long an organiser can come back to a list they sent."""

_FIELDS = tuple(field.name for field in fields(RosterPerson))


@dataclass(frozen=True, slots=True)
class Pending:
    """A list of people, and the digest of what its sender was told importing would do."""

    people: Sequence[RosterPerson]
    digest: str


async def add(tx: Transaction, author_id: int, pending: Pending, now: datetime) -> int:
    """Keep a list; its id."""
    row = await tx.one(
        "INSERT INTO pending_imports (author_id, people, digest, created_at)"
        " VALUES (:author, :people, :digest, :now) RETURNING id",
        author=author_id,
        people=json.dumps(encode_people(pending.people), ensure_ascii=False),
        digest=pending.digest,
        now=to_micros(now),
    )
    assert row is not None
    pending_id: int = row["id"]
    return pending_id


async def find(tx: Transaction, pending_id: int, now: datetime) -> Pending | None:
    """A list by id, while it is kept."""
    row = await tx.one(
        "SELECT people, digest FROM pending_imports WHERE id = :id AND created_at >= :since",
        id=pending_id,
        since=to_micros(now - KEPT),
    )
    return Pending(decode_people(json.loads(row["people"])), row["digest"]) if row else None


async def remove(tx: Transaction, pending_id: int) -> None:
    """Forget a list that was imported."""
    await tx.run("DELETE FROM pending_imports WHERE id = :id", id=pending_id)


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Drop the lists nobody came back to."""
    return await tx.run("DELETE FROM pending_imports WHERE created_at < :before", before=to_micros(now - KEPT))


def encode_people(people: Iterable[RosterPerson]) -> list[dict[str, Any]]:
    """People as JSON values."""
    return [{name: getattr(person, name) for name in _FIELDS} for person in people]  # asdict takes ten times as long


def decode_people(stored: Iterable[dict[str, Any]]) -> list[RosterPerson]:
    """The people behind what `encode_people` made."""
    return [
        RosterPerson(**{**values, "gender": Gender(values["gender"]) if values["gender"] else None})
        for values in stored
    ]
