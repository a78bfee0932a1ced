"""The SQL that finds the thread in which to mention people who closed their private messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.delivery.delivery_store import SPEAKING_IN_CHANNELS
from bot.people.group_store import tables

_CLOSED = "closed"
"""The kind of a delivery that tells someone in a thread that there is a message for them."""


@dataclass(frozen=True, slots=True)
class GroupThread:
    """A group's thread, and the member of the group who will be mentioned in it.

    `channel` is the id of the group's row in the table of channels. `native_id` is the platform's id of the member's
    account.
    """

    channel: int
    platform: str
    native_id: str


@dataclass(frozen=True, slots=True)
class CopyThere:
    """A group's copy of a message to many, such as an announcement, which is sent to the group's thread.

    `waits` is True until the copy is sent. `mentions` are the platform's ids of the accounts that it mentions.
    """

    id: int
    waits: bool
    mentions: Sequence[str]


async def thread_for(tx: Transaction, delivery_id: int) -> GroupThread | None:
    """Return the group's thread in which to mention a participant whom a message did not reach; None if there is none.

    `delivery_id` is the id of the message, which reached none of the participant's accounts. Returns None if the
    participant's latest group has no thread, and if the message is now sent to another account of the participant.
    """
    return await tx.row(
        GroupThread,
        "SELECT s.id AS channel, s.platform, a.native_id FROM deliveries d JOIN accounts a ON a.id = d.account_id"
        f" JOIN {tables().members} m ON m.participant_id = d.participant_id"
        " JOIN channels s ON s.group_id = m.group_id AND s.platform = d.platform AND s.thread <> ''"
        f" WHERE d.id = :id AND d.platform IN {SPEAKING_IN_CHANNELS} AND d.state = 'unreachable'"
        " ORDER BY m.round DESC LIMIT 1",
        id=delivery_id,
    )


async def copy_in(tx: Transaction, original_id: int, thread: GroupThread) -> CopyThere | None:
    """Return a group's copy of a message to many, which was or will be sent to its thread; None if there is none.

    `original_id` is the id of the message to many, such as an announcement.
    """
    row = await tx.one(
        "SELECT id, state, mentions FROM deliveries WHERE announcement_id = :original AND channel_id = :channel"
        " AND op = 'send' AND state IN ('waiting', 'sending', 'sent') ORDER BY id LIMIT 1",
        original=original_id,
        channel=thread.channel,
    )
    return CopyThere(row["id"], row["state"] == "waiting", row["mentions"].split(",")) if row else None


async def move(tx: Transaction, delivery_id: int, thread: GroupThread, now: datetime) -> None:
    """Send a message to a group's thread instead of a private chat, and mention the member of `thread` in it."""
    await tx.run(
        "UPDATE deliveries SET state = 'waiting', participant_id = NULL, account_id = NULL, channel_id = :channel,"
        " mentions = :name, attempts = 0, reason = NULL, settled_at = NULL, due_at = :now WHERE id = :id",
        id=delivery_id,
        channel=thread.channel,
        name=thread.native_id,
        now=to_micros(now),
    )


async def drop(tx: Transaction, delivery_id: int) -> None:
    """Delete a message from the outbox, because another message, sent to a group's thread, has the same content."""
    await tx.run("DELETE FROM deliveries WHERE id = :id", id=delivery_id)


async def mention(tx: Transaction, delivery_id: int, native_ids: Iterable[str]) -> None:
    """Store which accounts a message that waits in the outbox mentions, in place of those stored before.

    `native_ids` are the platform's ids of the accounts.
    """
    mentions = ",".join(native_id for native_id in native_ids if native_id)
    await tx.run("UPDATE deliveries SET mentions = :mentions WHERE id = :id", mentions=mentions, id=delivery_id)


async def call(tx: Transaction, thread: GroupThread, content: str, now: datetime, *, unless_since: datetime) -> None:
    """Enqueue a message to a group's thread that mentions one member, whose account is `thread.native_id`.

    `content` is the stored view of the message. Nothing happens if a message from this function to the same member was
    enqueued after the instant `unless_since`.
    """
    await tx.run(
        "INSERT INTO deliveries (platform, kind, channel_id, mentions, content, due_at, created_at, reference)"
        " SELECT CAST(:platform AS TEXT), :kind, CAST(:channel AS BIGINT), :name, :content,"
        " CAST(:now AS BIGINT), CAST(:now AS BIGINT), CAST(:reference AS TEXT)"
        " WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE channel_id = :channel AND kind = :kind AND mentions = :name"
        " AND created_at > :lately)",
        platform=thread.platform,
        kind=_CLOSED,
        lately=to_micros(unless_since),
        channel=thread.channel,
        name=thread.native_id,
        content=content,
        now=to_micros(now),
        reference=tx.reference,
    )
