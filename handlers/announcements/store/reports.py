"""The SQL of reports on announcements: how the copies ended, counted and listed, and who got one.

A copy is the message to one recipient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import instant_or_none
from bot.content.names import full_name
from bot.database.engine import Transaction
from bot.delivery.outgoing import Op


@dataclass(frozen=True, slots=True)
class CopyCount:
    """How many copies (messages to one recipient) on a platform have the same state, operation and reason.

    `state` is waiting, sending, sent, failed, unreachable, dropped, cancelled or withdrawn. `op` is the operation that
    is to be done or was done last: a copy that is `sent` with op «delete» could not be deleted. `doubtful` is how many
    copies may have arrived twice, and `due` when the first waiting copy is sent. `rung` is how many copies a device
    announced while the reader's page was closed.
    """

    platform: str
    state: str
    op: Op
    reason: str | None
    copies: int
    doubtful: int
    due: datetime | None
    rung: int = 0


async def tally_copies(tx: Transaction, announcement_id: int) -> Sequence[CopyCount]:
    """Count an announcement's copies (messages to one recipient) by platform, state, operation and reason."""
    # Grouped and sorted as in the index, which then is all that is read, and nothing has to be sorted.
    counts = await tx.rows(
        CopyCount,
        "SELECT platform, state, op, reason, COUNT(*) AS copies, CAST(SUM(repeated) AS BIGINT) AS doubtful,"
        " COUNT(rung_at) AS rung,"
        " MIN(CASE WHEN state = 'waiting' THEN due_at END) AS due"
        " FROM deliveries WHERE announcement_id = :id GROUP BY state, platform, op, reason"
        " ORDER BY state, platform, op, reason",
        id=announcement_id,
    )
    return sorted(counts, key=lambda count: count.platform)


async def count_there(tx: Transaction, announcement_id: int) -> int:
    """Return how many copies (messages) of an announcement have arrived; 0 if it was withdrawn."""
    return await tx.value(
        int,
        "SELECT COUNT(*) FROM deliveries WHERE announcement_id = :id"
        " AND (state = 'sent' OR (op = 'edit' AND state IN ('waiting', 'sending', 'failed', 'unreachable')))",
        id=announcement_id,
    )


async def people_to_come(tx: Transaction, announcement_id: int) -> frozenset[int]:
    """Return the ids of the people to whom an announcement has yet to be sent, for instance because it is night."""
    found = await tx.values(
        int,
        "SELECT participant_id FROM deliveries WHERE announcement_id = :id AND participant_id IS NOT NULL"
        " AND op = 'send' AND state IN ('waiting', 'sending')",
        id=announcement_id,
    )
    return frozenset(found)


async def none_was_sent(tx: Transaction, announcement_id: int) -> bool:
    """Return whether no message of an announcement was sent or is being sent. Messages that wait do not count."""
    return not await tx.exists(
        "SELECT 1 FROM deliveries WHERE announcement_id = :id AND state = 'waiting'"
        " AND (native_id IS NOT NULL OR repeated = 1)"
        " UNION ALL SELECT 1 FROM deliveries WHERE announcement_id = :id AND state IN ('sending', 'sent')"
        " UNION ALL SELECT 1 FROM deliveries WHERE announcement_id = :id"
        " AND state IN ('failed', 'unreachable', 'dropped', 'cancelled', 'withdrawn')"
        " AND (native_id IS NOT NULL OR repeated = 1) LIMIT 1",
        id=announcement_id,
    )


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy of an announcement (a message) with its recipient, as a row of the report's table.

    The recipient is a person or a channel; for a channel, `participant` is None and `name` may be ''. `repeated` says
    whether the copy may have arrived twice.
    """

    participant: int | None
    name: str
    ref: str
    platform: str
    state: str
    op: str
    reason: str
    sent: datetime | None
    repeated: bool


async def copies_of(tx: Transaction, announcement_id: int) -> Sequence[CopyRow]:
    """Return all copies (messages to one recipient) of an announcement, in the order in which they were enqueued."""
    rows = await tx.all(
        "SELECT d.participant_id, p.given_name, p.family_name, p.ref, s.title, d.platform, d.state, d.op, d.reason,"
        " d.sent_at, d.repeated FROM deliveries d LEFT JOIN participants p ON p.id = d.participant_id"
        " LEFT JOIN channels s ON s.id = d.channel_id WHERE d.announcement_id = :id ORDER BY d.id",
        id=announcement_id,
    )
    return [
        CopyRow(
            row["participant_id"],
            full_name(row["given_name"], row["family_name"])
            if row["participant_id"] is not None
            else row["title"] or "",
            row["ref"] or "",
            row["platform"],
            row["state"],
            row["op"],
            row["reason"] or "",
            instant_or_none(row["sent_at"]),
            bool(row["repeated"]),
        )
        for row in rows
    ]


async def received_by(tx: Transaction, participant_id: int) -> frozenset[int]:
    """Return the ids of the announcements that a participant got as private messages."""
    found = await tx.values(
        int,
        "SELECT DISTINCT announcement_id FROM deliveries WHERE participant_id = :id AND announcement_id IS NOT NULL",
        id=participant_id,
    )
    return frozenset(found)
