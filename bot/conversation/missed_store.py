"""What people may have written while a platform could not deliver it: since when, and who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.database.engine import Transaction

_BEGAN = "missed_on_{platform}"
"""The setting that says when the session began whose missed messages were not all taken yet."""


@dataclass(frozen=True, slots=True)
class Listened:
    """An account, and the id of the update that was last heard of it, '' for none.

    `private_chat` is where its private messages are, '' where that is not known.
    """

    native_id: str
    private_chat: str
    linked: datetime
    last_update: str


async def begin(tx: Transaction, platform: str, now: datetime) -> datetime:
    """Note that a session begins, and that what was written before may be missing; since when it may.

    That is the beginning of an earlier session, where what it missed was not all taken: what came by itself since then
    says nothing of what is still missing.
    """
    key = _BEGAN.format(platform=platform)
    if before := await setting_store.get(tx, key):
        return from_micros(int(before))
    await setting_store.put(tx, key, str(to_micros(now)))
    return now


async def end(tx: Transaction, platform: str) -> None:
    """Note that everything missed was taken."""
    await setting_store.put(tx, _BEGAN.format(platform=platform), "")


async def is_linked(tx: Transaction, platform: str, listened: Listened) -> bool:
    """Whether an account is whose it was when it was looked up: it may have been taken off them, or they be erased."""
    row = await tx.one(
        "SELECT 1 AS one FROM accounts WHERE platform = :platform AND native_id = :native_id"
        " AND participant_id IS NOT NULL AND linked_at = :linked",
        platform=platform,
        native_id=listened.native_id,
        linked=to_micros(listened.linked),
    )
    return row is not None


async def accounts(tx: Transaction, platform: str, before: datetime) -> Sequence[Listened]:
    """The accounts of people of the gathering, with what was heard of each until then; the latest heard come first."""
    rows = await tx.all(
        "SELECT a.native_id, a.private_chat, a.linked_at, i.update_id FROM accounts a"
        " LEFT JOIN (SELECT native_id, MAX(received_at) AS at FROM inbox"
        " WHERE platform = :platform AND received_at < :before GROUP BY native_id) l ON l.native_id = a.native_id"
        " LEFT JOIN inbox i ON i.platform = a.platform AND i.native_id = a.native_id AND i.received_at = l.at"
        " WHERE a.platform = :platform AND a.participant_id IS NOT NULL"
        " ORDER BY COALESCE(i.received_at, 0) DESC, a.id",
        platform=platform,
        before=to_micros(before),
    )
    found: dict[str, Listened] = {}
    for row in rows:  # several updates of one instant: any of them will do, those after it are told apart by their ids
        found.setdefault(
            row["native_id"],
            Listened(
                row["native_id"],
                row["private_chat"],
                from_micros(row["linked_at"]),
                row["update_id"] or "",
            ),
        )
    return list(found.values())
