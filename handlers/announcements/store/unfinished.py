"""The SQL of unfinished announcements: some of their copies must still be enqueued, changed or called back.

The work is done in slices (`handlers.announcements.store.slices`), because copies, messages to one recipient, may be
very many.
"""

from __future__ import annotations

from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from handlers.announcements.model import Announcement, CallingBack
from handlers.announcements.store.announcements import COLUMNS


async def note_copied(tx: Transaction, announcement_id: int, copied_to: int | None, due: datetime) -> None:
    """Store up to which participant (`copied_to`, an id) an announcement's messages are enqueued; None once all are.

    `due` is when the messages are to be sent.
    """
    await tx.run(
        "UPDATE announcements SET copied_to = :copied_to, copies_due_at = :due WHERE id = :id",
        id=announcement_id,
        copied_to=copied_to,
        due=to_micros(due),
    )


async def begin_to_call_back(tx: Transaction, announcement_id: int, how: CallingBack) -> None:
    """Store that the messages of a cancelled announcement must be called back.

    `how` is «cancel» to cancel the unsent messages, «remove» to delete all messages.
    """
    await tx.run("UPDATE announcements SET calling_back = :how WHERE id = :id", id=announcement_id, how=how)


async def begin_to_change(tx: Transaction, announcement_id: int, *, trying_again: bool = False) -> None:
    """Store that all messages of an announcement must be checked for changes.

    With `trying_again`, messages that failed are also sent again. Messages that were checked for an earlier change are
    checked once more.
    """
    await tx.run(
        "UPDATE announcements SET changed_to = 0, trying_again = CASE WHEN :again = 1 THEN 1 ELSE trying_again END"
        " WHERE id = :id",
        id=announcement_id,
        again=int(trying_again),
    )


async def note_changed(tx: Transaction, announcement_id: int, changed_to: int | None) -> None:
    """Store the id of the last message for which an announcement's change was carried out; None once all are done."""
    await tx.run(
        "UPDATE announcements SET changed_to = CAST(:changed_to AS BIGINT),"
        " trying_again = CASE WHEN CAST(:changed_to AS BIGINT) IS NULL THEN 0 ELSE trying_again END WHERE id = :id",
        id=announcement_id,
        changed_to=changed_to,
    )


async def note_closed(tx: Transaction, announcement_id: int, closed_to: int | None) -> None:
    """Store the id of the last campaign message that was edited to say that the campaign is over; None once all are."""
    await tx.run(
        "UPDATE announcements SET closed_to = CAST(:closed_to AS BIGINT) WHERE id = :id",
        id=announcement_id,
        closed_to=closed_to,
    )


_UNFINISHED = "(n.copied_to IS NOT NULL OR n.calling_back <> '' OR n.changed_to IS NOT NULL OR n.closed_to IS NOT NULL)"


async def unfinished_since(tx: Transaction) -> datetime | None:
    """Return when the first unfinished announcement was sent; None if none is unfinished.

    An announcement is unfinished while some of its messages must still be enqueued, changed or called back.
    """
    return await tx.value_or_none(datetime, f"SELECT MIN(n.released_at) FROM announcements n WHERE {_UNFINISHED}")


async def first_unfinished(tx: Transaction) -> Announcement | None:
    """Return the first announcement with messages to be enqueued, changed or called back; None if there is none."""
    return await tx.row(
        Announcement, f"SELECT {COLUMNS} FROM announcements n WHERE {_UNFINISHED} ORDER BY n.released_at, n.id LIMIT 1"
    )
