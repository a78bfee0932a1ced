"""The SQL that cancels, corrects, withdraws, retries or forgets copies that were enqueued.

A copy is the message to one recipient, a row of deliveries, the outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from handlers.announcements.store.slices import THESE, Copies

_CANCELLED = "state = 'cancelled', reason = NULL, settled_at = :now"
_NOT_SENT = "state = 'waiting' AND native_id IS NULL"
_ARRIVED = "native_id IS NOT NULL AND state IN ('sent', 'waiting', 'failed', 'unreachable')"


async def cancel_copies(tx: Transaction, announcement_id: int, now: datetime, *, most: int) -> int:
    """Cancel at most `most` unsent copies (messages to one recipient) of an announcement, and return how many.

    A copy that is being sent at this moment still arrives, unless the platform postpones it.
    """
    return await tx.run(
        f"UPDATE deliveries SET {_CANCELLED} WHERE id IN"
        f" (SELECT id FROM deliveries WHERE announcement_id = :id AND {_NOT_SENT} LIMIT :most)",
        id=announcement_id,
        now=to_micros(now),
        most=most,
    )


async def cancel_these(tx: Transaction, copies: Copies, now: datetime) -> None:
    """Cancel all `copies` (messages to one recipient each) that have not been sent."""
    await tx.run(
        f"UPDATE deliveries SET {_CANCELLED} WHERE {THESE} AND {_NOT_SENT}", **copies.params, now=to_micros(now)
    )


_PRESENT_REVISION = "(SELECT n.revision FROM announcements n WHERE n.id = :id)"
_BEHIND = f"{THESE} AND {_ARRIVED} AND op <> 'delete' AND revision < {_PRESENT_REVISION}"


async def any_behind(tx: Transaction, copies: Copies) -> bool:
    """Return whether any of `copies` (messages to one recipient) arrived with an earlier version of the words."""
    return await tx.exists(f"SELECT 1 FROM deliveries WHERE {_BEHIND} LIMIT 1", **copies.params)


async def correct_copies(tx: Transaction, copies: Copies, now: datetime, *, showing: Sequence[str]) -> int:
    """Enqueue edits of all `copies` (messages to one recipient) that arrived with an earlier version of the words.

    `showing` are the digests of the present messages in all languages; a copy with one of them need not be edited.
    Returns how many messages will be edited.
    """
    await tx.many(
        "UPDATE deliveries SET state = 'sent', attempts = 0, reason = NULL,"
        f" revision = {_PRESENT_REVISION} WHERE {_BEHIND} AND shown = :shown",
        [{**copies.params, "shown": shown_digest} for shown_digest in showing],
    )
    return await tx.run(
        f"UPDATE deliveries SET state = 'waiting', op = 'edit', due_at = :now, attempts = 0 WHERE {_BEHIND}",
        **copies.params,
        now=to_micros(now),
    )


async def withdraw_copies(tx: Transaction, copies: Copies, now: datetime) -> int:
    """Enqueue the deletion of all `copies` that arrived, and cancel the others. Returns how many will be deleted.

    A copy is an announcement's message to one recipient.
    """
    await cancel_these(tx, copies, now)
    return await tx.run(
        "UPDATE deliveries SET state = 'waiting', op = 'delete', due_at = :now, attempts = 0, reason = NULL"
        f" WHERE {THESE} AND {_ARRIVED}",
        **copies.params,
        now=to_micros(now),
    )


_FAILED = (
    "state IN ('failed', 'unreachable') AND (op <> 'send' OR EXISTS"
    " (SELECT 1 FROM announcements n WHERE n.id = :id AND n.state IN ('sending', 'sent')))"
)
"""The SQL condition that a copy can be tried again.

Copies of a cancelled or withdrawn announcement are not sent any more, but edited or deleted if that failed.
"""


async def count_failed(tx: Transaction, announcement_id: int) -> int:
    """Return how many copies (messages to one recipient) of an announcement failed and can be tried again."""
    return await tx.value(
        int, f"SELECT COUNT(*) FROM deliveries WHERE announcement_id = :id AND {_FAILED}", id=announcement_id
    )


async def retry_copies(tx: Transaction, copies: Copies, now: datetime) -> None:
    """Enqueue again all `copies` that failed and can be tried again, and mark the announcement as being sent.

    A copy is an announcement's message to one recipient.
    """
    again = await tx.run(
        "UPDATE deliveries SET state = 'waiting', due_at = :now, attempts = 0, reason = NULL, settled_at = NULL"
        f" WHERE {THESE} AND {_FAILED}",
        **copies.params,
        now=to_micros(now),
    )
    if again:
        await tx.run(
            "UPDATE announcements SET state = 'sending', ended_at = NULL WHERE id = :id AND state = 'sent'",
            id=copies.announcement_id,
        )


async def forget_copies(tx: Transaction, announcement_id: int, *, most: int) -> int:
    """Delete the rows of at most `most` copies (messages to one recipient) of an announcement, and return how many.

    None of the announcement's copies may have been sent.
    """
    return await tx.run(
        "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE announcement_id = :id LIMIT :most)",
        id=announcement_id,
        most=most,
    )
