"""The SQL of proposals of groups. One that no organiser applies is deleted after a day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.database.engine import Transaction
from handlers.groups.model import Proposal, Terms, decode, decode_terms, encode

_TERMS = "terms of kept proposals"  # key of what is read once a transaction

PROPOSAL_LIFETIME = timedelta(days=1)
"""How long after it was computed a proposal of groups can be shown and applied."""

_SELECT = "SELECT id, content, kept_at FROM proposals"


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """A proposal of groups with its id, and whether an organiser has applied it."""

    id: int
    proposal: Proposal
    applied: bool


async def add_proposal(tx: Transaction, author_id: int, proposal: Proposal, now: datetime) -> int:
    """Store a proposal of groups and return its id."""
    return await tx.value(
        int,
        "INSERT INTO proposals (author_id, content, created_at) VALUES (:author, :content, :now) RETURNING id",
        author=author_id,
        content=json.dumps(encode(proposal), separators=(",", ":")),
        now=to_micros(now),
    )


async def find_proposal(tx: Transaction, proposal_id: int, now: datetime) -> StoredProposal | None:
    """Return the proposal of groups with this id; None if it is older than a day and was not applied."""
    row = await tx.one(
        f"{_SELECT} WHERE id = :id AND (kept_at IS NOT NULL OR created_at >= :since)",
        id=proposal_id,
        since=to_micros(now - PROPOSAL_LIFETIME),
    )
    if row is None:
        return None
    return StoredProposal(row["id"], decode(json.loads(row["content"])), row["kept_at"] is not None)


async def applied_terms(tx: Transaction) -> Sequence[Terms]:
    """Return what all applied proposals decided for each theme and round (day), the last proposal first."""
    return await tx.cached(_TERMS, _read_terms)


async def _read_terms(tx: Transaction) -> Sequence[Terms]:
    rows = await tx.all("SELECT content FROM proposals WHERE kept_at IS NOT NULL ORDER BY kept_at DESC, id DESC")
    return [terms for row in rows for terms in decode_terms(json.loads(row["content"]))]


async def set_proposal_applied(tx: Transaction, proposal_id: int, now: datetime | None) -> None:
    """Mark a proposal of groups as applied at `now`; None marks it as not applied, after the change was undone."""
    tx.invalidate(_TERMS)
    await tx.run(
        "UPDATE proposals SET kept_at = CAST(:now AS BIGINT) WHERE id = :id",
        id=proposal_id,
        now=to_micros(now) if now else None,
    )


async def forget_old_proposals(tx: Transaction, now: datetime) -> int:
    """Delete proposals of groups that are older than a day and were not applied. Returns how many were deleted."""
    return await tx.run(
        "DELETE FROM proposals WHERE kept_at IS NULL AND created_at < :before",
        before=to_micros(now - PROPOSAL_LIFETIME),
    )
