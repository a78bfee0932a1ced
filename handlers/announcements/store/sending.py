"""The SQL of copies that are being sent: reads them when they are claimed, and updates them after the sending.

A copy is the message to one recipient.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.delivery.contributions import ClaimPart
from bot.delivery.outgoing import Arrived, Copy, Ended, Outcome, Undeliverable
from handlers.announcements.store.announcements import note_over

CLAIMED = ClaimPart(
    joins="LEFT JOIN announcements n ON n.id = d.announcement_id",
    columns={
        "copy_revision": "n.revision",
        # What has not left when a campaign ends need not, also before its turn to be cancelled has come.
        "copy_state": "CASE WHEN n.closed_to IS NOT NULL AND n.state <> 'withdrawn' THEN 'cancelled' ELSE n.state END",
        "copy_seen": "CASE WHEN d.op = 'edit' AND EXISTS (SELECT 1 FROM acknowledgements k"
        " WHERE k.announcement_id = d.announcement_id AND k.participant_id = d.participant_id) THEN 1 ELSE 0 END",
    },
)
"""The SQL that reads, for each delivery `d` that is about to be sent, columns of the announcement `n` it belongs to."""


async def catch_up(tx: Transaction, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Enqueue the corrections and deletions that were requested while messages of announcements were being sent.

    `outcomes` are the results of sending these messages. A message that could not be corrected is deleted if its
    announcement was withdrawn in the meantime.
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
    for announcement_id in {copy.original_id for _id, copy in arrived}:
        row = await tx.one("SELECT revision, state FROM announcements WHERE id = :id", id=announcement_id)
        present[announcement_id] = (row["revision"], row["state"]) if row else (0, "withdrawn")
    behind: list[dict[str, object]] = []
    for delivery_id, copy in arrived:
        revision, state = present[copy.original_id]
        if state == "withdrawn" or copy.revision < revision:
            behind.append({"id": delivery_id, "op": "delete" if state == "withdrawn" else "edit"})
    await tx.many("UPDATE deliveries SET state = 'waiting', op = :op WHERE id = :id", behind)
    await tx.many(
        "UPDATE deliveries SET state = 'waiting', op = 'delete', due_at = :now WHERE id = :id AND op = 'edit'"
        " AND state IN ('failed', 'unreachable')"
        " AND EXISTS (SELECT 1 FROM announcements n WHERE n.id = announcement_id AND n.state = 'withdrawn')",
        [{"id": delivery_id, "now": to_micros(now)} for delivery_id in failed],
    )


async def finish_announcements(tx: Transaction, announcement_ids: Iterable[int], now: datetime) -> None:
    """Mark as sent the announcements among `announcement_ids` that have no unsent messages left."""
    for announcement_id in sorted(announcement_ids):
        finished = await tx.run(
            "UPDATE announcements SET state = 'sent', ended_at = :now WHERE id = :id AND state = 'sending'"
            " AND copied_to IS NULL AND trying_again = 0 AND NOT EXISTS (SELECT 1 FROM deliveries d"
            " WHERE d.announcement_id = :id AND d.op = 'send' AND d.state IN ('waiting', 'sending'))",
            id=announcement_id,
            now=to_micros(now),
        )
        if finished:
            await note_over(tx, announcement_id)


async def announcements_being_sent(tx: Transaction) -> Sequence[int]:
    """Return the ids of the announcements that are being sent."""
    return [row["id"] for row in await tx.all("SELECT id FROM announcements WHERE state = 'sending' ORDER BY id")]
