"""The copies of an announcement: corrected, taken back, sent again, counted. Each is a row of deliveries.

The announcement itself is changed first, in the same transaction: its state (`cancelled`, `withdrawn`), or its content
and `revision`. A copy that is being sent meanwhile is caught up with once it arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction
from bot.delivery.contributions import ClaimPart
from bot.delivery.outgoing import Arrived, Copy, Ended, Op, Outcome, Undeliverable

CLAIMED = ClaimPart(
    joins="LEFT JOIN announcements n ON n.id = d.announcement_id",
    columns={
        "copy_revision": "n.revision",
        "copy_state": "n.state",
        "copy_seen": "CASE WHEN d.op = 'edit' AND EXISTS (SELECT 1 FROM acknowledgements k"
        " WHERE k.announcement_id = d.announcement_id AND k.participant_id = d.participant_id) THEN 1 ELSE 0 END",
    },
)
"""What is read of the announcement of which a delivery d is a copy."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many rows of an announcement are in this state, for this reason.

    `state`: waiting · sending · sent · failed · unreachable · dropped · cancelled · withdrawn. `op` is what is, or was
    last, to be done: a copy `sent` with op «delete» could not be taken back. `doubtful` may be there twice.
    `due` is when the first of those that wait is sent.
    """

    platform: str
    state: str
    op: Op
    reason: str | None
    copies: int
    doubtful: int
    due: datetime | None


async def cancel(tx: Transaction, announcement_id: int, now: datetime) -> int:
    """Keep what has not left from leaving; how many rows. What is being sent arrives, unless it has to wait."""
    return await tx.run(
        "UPDATE deliveries SET state = 'cancelled', reason = NULL, settled_at = :now"
        " WHERE announcement_id = :id AND state = 'waiting' AND native_id IS NULL",
        id=announcement_id,
        now=to_micros(now),
    )


async def correct(tx: Transaction, announcement_id: int, now: datetime, *, showing: Sequence[str]) -> int:
    """Have the copies that arrived edited to the announcement's present revision; how many.

    `showing` are the digests of what they are to show: a copy that shows one of them stays as it is, or was.
    """
    behind = (
        " WHERE announcement_id = :id AND native_id IS NOT NULL AND op <> 'delete'"
        " AND state IN ('sent', 'waiting', 'failed', 'unreachable')"
        " AND revision < (SELECT n.revision FROM announcements n WHERE n.id = :id)"
    )
    await tx.many(
        "UPDATE deliveries SET state = 'sent', attempts = 0, reason = NULL,"
        f" revision = (SELECT n.revision FROM announcements n WHERE n.id = :id){behind} AND shown = :shown",
        [{"id": announcement_id, "shown": each} for each in showing],
    )
    return await tx.run(
        f"UPDATE deliveries SET state = 'waiting', op = 'edit', due_at = :now, attempts = 0{behind}",
        id=announcement_id,
        now=to_micros(now),
    )


async def withdraw(tx: Transaction, announcement_id: int, now: datetime) -> int:
    """Have every copy that arrived deleted, and send no other; how many are to be deleted."""
    await cancel(tx, announcement_id, now)
    return await tx.run(
        "UPDATE deliveries SET state = 'waiting', op = 'delete', due_at = :now, attempts = 0, reason = NULL"
        " WHERE announcement_id = :id AND native_id IS NOT NULL"
        " AND state IN ('sent', 'waiting', 'failed', 'unreachable')",
        id=announcement_id,
        now=to_micros(now),
    )


async def retry(tx: Transaction, announcement_id: int, now: datetime) -> int:
    """Try once more what failed, and whom it did not reach; how many. Who cannot be reached still is said so again.

    One that is over is sent to nobody, but copies that are there are still corrected, or taken back.
    """
    again = await tx.run(
        "UPDATE deliveries SET state = 'waiting', due_at = :now, attempts = 0, reason = NULL, settled_at = NULL"
        " WHERE announcement_id = :id AND state IN ('failed', 'unreachable') AND (op <> 'send' OR EXISTS"
        " (SELECT 1 FROM announcements n WHERE n.id = :id AND n.state IN ('sending', 'sent')))",
        id=announcement_id,
        now=to_micros(now),
    )
    if again:
        await tx.run(
            "UPDATE announcements SET state = 'sending', ended_at = NULL WHERE id = :id AND state = 'sent'",
            id=announcement_id,
        )
    return again


async def tally(tx: Transaction, announcement_id: int) -> Sequence[Count]:
    """What became of an announcement's copies, by platform and reason."""
    rows = await tx.all(
        "SELECT platform, state, op, reason, COUNT(*) AS copies, CAST(SUM(repeated) AS BIGINT) AS doubtful,"
        " MIN(CASE WHEN state = 'waiting' THEN due_at END) AS due"
        " FROM deliveries WHERE announcement_id = :id GROUP BY platform, state, op, reason"
        " ORDER BY platform, state, op, reason",
        id=announcement_id,
    )
    return [
        Count(
            row["platform"],
            row["state"],
            row["op"],
            row["reason"],
            row["copies"],
            row["doubtful"],
            from_micros(row["due"]) if row["due"] is not None else None,
        )
        for row in rows
    ]


async def catch_up(tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Do next what was asked of copies while they left: correct them, or take them back.

    A correction that failed leaves the copy there: one that is withdrawn meanwhile is still to be taken back.
    """
    arrived: list[tuple[int, Copy]] = []
    failed: list[int] = []
    for outcome in outcomes:
        claimed = outcome.claimed
        if claimed.copy and isinstance(outcome, Arrived):
            arrived.append((claimed.id, claimed.copy))
        elif claimed.copy and claimed.op == "edit" and isinstance(outcome, (Ended, Undeliverable)):
            failed.append(claimed.id)
    present: dict[int, tuple[int, str]] = {}
    for announcement_id in {copy.announcement_id for _id, copy in arrived}:
        row = await tx.one("SELECT revision, state FROM announcements WHERE id = :id", id=announcement_id)
        present[announcement_id] = (row["revision"], row["state"]) if row else (0, "withdrawn")
    behind: list[dict[str, object]] = []
    for delivery_id, copy in arrived:
        revision, state = present[copy.announcement_id]
        if state == "withdrawn" or copy.revision < revision:
            behind.append({"id": delivery_id, "op": "delete" if state == "withdrawn" else "edit"})
    await tx.many("UPDATE deliveries SET state = 'waiting', op = :op WHERE id = :id", behind)
    await tx.many(
        "UPDATE deliveries SET state = 'waiting', op = 'delete', due_at = :now WHERE id = :id AND op = 'edit'"
        " AND state IN ('failed', 'unreachable')"
        " AND EXISTS (SELECT 1 FROM announcements n WHERE n.id = announcement_id AND n.state = 'withdrawn')",
        [{"id": delivery_id, "now": to_micros(now)} for delivery_id in failed],
    )


async def finish(tx: Transaction, announcement_ids: Iterable[int], now: datetime) -> None:
    """Note the end of those that have nobody left to be sent to."""
    await tx.many(
        "UPDATE announcements SET state = 'sent', ended_at = :now WHERE id = :id AND state = 'sending'"
        " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.announcement_id = :id AND d.op = 'send'"
        " AND d.state IN ('waiting', 'sending'))",
        [{"id": each, "now": to_micros(now)} for each in sorted(announcement_ids)],
    )
