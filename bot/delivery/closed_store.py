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
    """A group's thread, and a member of the group who is to be mentioned there.

    `channel` is the id of the group's row in the table of channels, `native_id` the platform's id of the member.
    """

    channel: int
    platform: str
    native_id: str


@dataclass(frozen=True, slots=True)
class CopyThere:
    """The copy of a message to many, such as an announcement, that is sent to a group's thread.

    `waits` is True until it is sent. `mentions` are the platform's ids of the accounts that the copy mentions.
    """

    id: int
    waits: bool
    mentions: Sequence[str]


async def thread_for(tx: Transaction, delivery_id: int) -> GroupThread | None:
    """Return the group's thread in which to mention a participant whom a message could not reach on any account.

    `delivery_id` is the id of the message. Returns None if the participant's latest group has no thread, or if the
    message was sent to another account of theirs.
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
    """Return the copy of a message to many, such as an announcement, that was or will be sent to a group's thread.

    `original_id` is the id of the message to many. Returns None if there is no such copy.
    """
    row = await tx.one(
        "SELECT id, state, mentions FROM deliveries WHERE announcement_id = :original AND channel_id = :channel"
        " AND op = 'send' AND state IN ('waiting', 'sending', 'sent') ORDER BY id LIMIT 1",
        original=original_id,
        channel=thread.channel,
    )
    return CopyThere(row["id"], row["state"] == "waiting", row["mentions"].split(",")) if row else None


async def move(tx: Transaction, delivery_id: int, thread: GroupThread, now: datetime) -> None:
    """Send a message to a group's thread, where it mentions `thread.native_id`, instead of to a private chat."""
    await tx.run(
        "UPDATE deliveries SET state = 'waiting', participant_id = NULL, account_id = NULL, channel_id = :channel,"
        " mentions = :name, attempts = 0, reason = NULL, settled_at = NULL, due_at = :now WHERE id = :id",
        id=delivery_id,
        channel=thread.channel,
        name=thread.native_id,
        now=to_micros(now),
    )


async def drop(tx: Transaction, delivery_id: int) -> None:
    """Delete a message from the outbox, because another message to a group's thread has its content."""
    await tx.run("DELETE FROM deliveries WHERE id = :id", id=delivery_id)


async def mention(tx: Transaction, delivery_id: int, native_ids: Iterable[str]) -> None:
    """Store which accounts a message that waits in the outbox mentions, replacing any earlier ones.

    `native_ids` are the platform's ids of the accounts.
    """
    mentions = ",".join(native_id for native_id in native_ids if native_id)
    await tx.run("UPDATE deliveries SET mentions = :mentions WHERE id = :id", mentions=mentions, id=delivery_id)


async def call(tx: Transaction, thread: GroupThread, content: str, now: datetime, *, unless_since: datetime) -> None:
    """Enqueue a message to a group's thread that mentions the member `thread.native_id`.

    `content` is the stored view. Nothing happens if a message of this kind, to the same member, was enqueued after the
    instant `unless_since`.
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
