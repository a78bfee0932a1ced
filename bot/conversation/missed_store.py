"""Stores since when, and from which accounts, messages may be missing because the bot was not connected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.database.engine import Transaction

_BEGAN = "missed_on_{platform}"
"""The key of the setting with the beginning of the first connection whose missed messages are not all processed."""


@dataclass(frozen=True, slots=True)
class Listened:
    """An account, and the id of the last update (thing that its owner did) that was received from it.

    `native_id` is the account's id on its platform. `private_chat` is the platform's id of the chat for its private
    messages, '' if unknown. The update's id is '' if none was received. `linked` is when the account was linked to its
    owner.
    """

    native_id: str
    private_chat: str
    linked: datetime
    last_update: str


async def begin(tx: Transaction, platform: str, now: datetime) -> datetime:
    """Store that the connection to a platform begins, and return the instant since which messages may be missing.

    This instant is normally `now`. If the messages missed before an earlier connection were not all processed, it is
    the beginning of that connection.
    """
    key = _BEGAN.format(platform=platform)
    if before := await setting_store.get(tx, key):
        return from_micros(int(before))
    await setting_store.put(tx, key, str(to_micros(now)))
    return now


async def end(tx: Transaction, platform: str) -> None:
    """Store that all messages missed on a platform were processed."""
    await setting_store.put(tx, _BEGAN.format(platform=platform), "")


async def is_linked(tx: Transaction, platform: str, listened: Listened) -> bool:
    """Return whether an account still has the same owner as when `accounts` listed it."""
    return await tx.exists(
        "SELECT 1 FROM accounts WHERE platform = :platform AND native_id = :native_id"
        " AND participant_id IS NOT NULL AND linked_at = :linked",
        platform=platform,
        native_id=listened.native_id,
        linked=to_micros(listened.linked),
    )


async def accounts(tx: Transaction, platform: str, before: datetime) -> Sequence[Listened]:
    """Return all accounts of participants on a platform, each with the last update received from it before an instant.

    The accounts with the latest updates come first.
    """
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
    listened: dict[str, Listened] = {}
    for row in rows:  # several updates of one instant: any of them will do, those after it are told apart by their ids
        listened.setdefault(
            row["native_id"],
            Listened(
                row["native_id"],
                row["private_chat"],
                from_micros(row["linked_at"]),
                row["update_id"] or "",
            ),
        )
    return list(listened.values())
