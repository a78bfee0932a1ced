"""Groups computed and shown, until an organiser keeps them; those never kept stay a day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.database.engine import Row, Transaction
from handlers.groups.proposals import Proposal, decode, encode

KEPT = timedelta(days=1)
"""How long an organiser can come back to a proposal."""

_SELECT = "SELECT id, content, kept_at FROM proposals"


@dataclass(frozen=True, slots=True)
class Stored:
    """A proposal with its id, and whether it was kept."""

    id: int
    proposal: Proposal
    kept: bool


def _stored(row: Row) -> Stored:
    return Stored(row["id"], decode(json.loads(row["content"])), row["kept_at"] is not None)


async def add(tx: Transaction, author_id: int, proposal: Proposal, now: datetime) -> int:
    """Store a proposal; its id."""
    row = await tx.one(
        "INSERT INTO proposals (author_id, content, created_at) VALUES (:author, :content, :now) RETURNING id",
        author=author_id,
        content=json.dumps(encode(proposal), separators=(",", ":")),
        now=to_micros(now),
    )
    assert row is not None
    proposal_id: int = row["id"]
    return proposal_id


async def find(tx: Transaction, proposal_id: int, now: datetime) -> Stored | None:
    """A proposal by id, while it can still be looked at."""
    row = await tx.one(
        f"{_SELECT} WHERE id = :id AND (kept_at IS NOT NULL OR created_at >= :since)",
        id=proposal_id,
        since=to_micros(now - KEPT),
    )
    return _stored(row) if row else None


async def all_kept(tx: Transaction) -> Sequence[Proposal]:
    """The proposals that formed the present groups, the last one kept first."""
    rows = await tx.all(f"{_SELECT} WHERE kept_at IS NOT NULL ORDER BY kept_at DESC, id DESC")
    return [_stored(row).proposal for row in rows]


async def set_kept(tx: Transaction, proposal_id: int, now: datetime | None) -> None:
    """Note that a proposal was kept, or (None) that keeping it was undone."""
    await tx.run(
        "UPDATE proposals SET kept_at = CAST(:now AS BIGINT) WHERE id = :id",
        id=proposal_id,
        now=to_micros(now) if now else None,
    )


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Drop the proposals nobody kept."""
    return await tx.run(
        "DELETE FROM proposals WHERE kept_at IS NULL AND created_at < :before", before=to_micros(now - KEPT)
    )
