"""The SQL of announcements and campaigns themselves: their audience, when they are due, and their state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import to_micros
from bot.content.views import Attachment
from bot.database.engine import Transaction
from bot.people.audiences import EVERYONE, Audience
from bot.people.ending_store import record_endings
from handlers.announcements.model import Announcement, Kind, State
from handlers.announcements.store.contents import ELSE, Lines, add_files, pack_words

ENDING = "announcement"
"""The kind under which announcements are recorded that were sent or cancelled (see `bot.people.ending_store`)."""
_ABANDONED = timedelta(days=60)
COLUMNS = (
    "n.id, n.author_id, n.kind, n.audience, n.urgent, n.asks_seen, n.state, n.revision, n.due_at AS due,"
    " n.deadline_at AS deadline, n.released_at AS released, n.ended_at AS ended, n.copied_to,"
    " n.copies_due_at AS copies_due, n.calling_back, n.changed_to, n.trying_again, n.closed_to"
)
"""SQL for the columns of announcements `n` that make an `Announcement`."""


async def add_announcement(
    tx: Transaction,
    author_id: int | None,
    lines: Lines,
    attachments: Sequence[Attachment],
    now: datetime,
    *,
    audience: Audience = EVERYONE,
    kind: Kind = "announcement",
    deadline: datetime | None = None,
) -> Announcement:
    """Store a new draft with the words `lines`, which are for readers of all languages, and return the draft.

    `author_id` is None for an announcement from the shell. `kind` says whether it is a campaign, and `deadline` is when
    the campaign ends.
    """
    announcement_id = await tx.value(
        int,
        "INSERT INTO announcements (author_id, kind, content, audience, deadline_at, created_at)"
        " VALUES (CAST(:author AS BIGINT), :kind, :content, :audience, CAST(:deadline AS BIGINT), :now) RETURNING id",
        author=author_id,
        kind=kind,
        content=pack_words({ELSE: lines}, None),
        audience=audience.encode(),
        deadline=to_micros(deadline) if deadline else None,
        now=to_micros(now),
    )
    await add_files(tx, announcement_id, attachments)
    announcement = await find_announcement(tx, announcement_id)
    assert announcement is not None
    return announcement


async def find_announcement(tx: Transaction, announcement_id: int) -> Announcement | None:
    """Return the announcement with this id, None if there is none."""
    return await tx.row(Announcement, f"SELECT {COLUMNS} FROM announcements n WHERE n.id = :id", id=announcement_id)


async def list_announcements(tx: Transaction, limit: int, after: int = 0) -> Sequence[Announcement]:
    """Return at most `limit` announcements, after leaving out the first `after`.

    First come announcements that are scheduled or being sent, then sent ones, then drafts; within each kind the newest
    first.
    """
    return await tx.rows(
        Announcement,
        f"SELECT {COLUMNS} FROM announcements n ORDER BY CASE WHEN n.state IN ('waiting', 'sending') THEN 0"
        " WHEN n.state = 'draft' THEN 2 ELSE 1 END, n.id DESC LIMIT :limit OFFSET :after",
        limit=limit,
        after=after,
    )


async def count_announcements(tx: Transaction) -> int:
    """Return how many announcements there are."""
    return await tx.value(int, "SELECT COUNT(*) FROM announcements")


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many announcements are not sent yet: `drafts`, and scheduled ones (`waiting`).

    `next_due` is when the first scheduled announcement is due, None if none is scheduled.
    """

    drafts: int
    waiting: int
    next_due: datetime | None


async def unsent(tx: Transaction) -> Unsent:
    """Return how many announcements are drafts or scheduled, and when the first scheduled one is due."""
    [unsent] = await tx.rows(
        Unsent,
        "SELECT COUNT(CASE WHEN state = 'draft' THEN 1 END) AS drafts, COUNT(due_at) AS waiting,"
        " MIN(due_at) AS next_due FROM announcements WHERE state IN ('draft', 'waiting')",
    )
    return unsent


async def set_audience(tx: Transaction, announcement_id: int, audience: Audience) -> None:
    """Set an announcement's audience."""
    await tx.run(
        "UPDATE announcements SET audience = :audience WHERE id = :id", id=announcement_id, audience=audience.encode()
    )


async def begin_release(tx: Transaction, announcement_id: int, now: datetime, *, urgent: bool) -> bool:
    """Mark a draft or scheduled announcement as being sent. The caller then enqueues its messages.

    With `urgent`, they are sent in quiet hours too. Returns False, and changes nothing, if the announcement is neither
    a draft nor scheduled any more, because another organiser sent it.
    """
    begun = await tx.run(
        "UPDATE announcements SET state = 'sending', urgent = :urgent, released_at = :now, due_at = NULL,"
        " ended_at = NULL, reference = CASE WHEN state = 'waiting' THEN reference ELSE CAST(:reference AS TEXT) END"
        " WHERE id = :id AND state IN ('draft', 'waiting')",
        id=announcement_id,
        urgent=int(urgent),
        now=to_micros(now),
        reference=tx.reference,
    )
    if begun:
        await note_over(tx, announcement_id)
    return bool(begun)


async def note_over(tx: Transaction, announcement_id: int) -> None:
    """Record that an announcement was released, sent or cancelled, so that no restored backup sends it again."""
    await record_endings(tx, ENDING, [str(announcement_id)])


async def wait_for_hour(tx: Transaction, announcement_id: int, due: datetime, *, urgent: bool = False) -> bool:
    """Schedule a draft to be sent at `due`; with `urgent`, in quiet hours too.

    Returns False if the announcement is no draft.
    """
    return bool(
        await tx.run(
            "UPDATE announcements SET state = 'waiting', due_at = :due, urgent = :urgent, reference = :reference"
            " WHERE id = :id AND state = 'draft'",
            id=announcement_id,
            due=to_micros(due),
            urgent=int(urgent),
            reference=tx.reference,
        )
    )


async def set_state(tx: Transaction, announcement_id: int, state: State) -> None:
    """Set an announcement's state. The state «draft» also removes the times when it was due or sent.

    Unfinished work on its messages ends: no more messages are enqueued or called back. If the new state is «draft» or
    «withdrawn», no more messages are edited or tried again either.
    """
    await tx.run(
        "UPDATE announcements SET state = :state, copied_to = NULL, calling_back = '',"
        " changed_to = CASE WHEN :state IN ('draft', 'withdrawn') THEN NULL ELSE changed_to END,"
        " trying_again = CASE WHEN :state IN ('draft', 'withdrawn') THEN 0 ELSE trying_again END,"
        " due_at = CASE WHEN :state = 'draft' THEN NULL ELSE due_at END,"
        " released_at = CASE WHEN :state = 'draft' THEN NULL ELSE released_at END WHERE id = :id",
        id=announcement_id,
        state=state,
    )


async def due_announcements(tx: Transaction, now: datetime) -> Sequence[Announcement]:
    """Return the scheduled announcements that are due, the earliest first."""
    return await tx.rows(
        Announcement,
        f"SELECT {COLUMNS} FROM announcements n WHERE n.state = 'waiting' AND n.due_at <= :now ORDER BY n.due_at, n.id",
        now=to_micros(now),
    )


async def announcements_planned_by(tx: Transaction, participant_id: int) -> Sequence[Announcement]:
    """Return the scheduled announcements that an organiser (a participant id) wrote."""
    return await tx.rows(
        Announcement,
        f"SELECT {COLUMNS} FROM announcements n WHERE n.state = 'waiting' AND n.author_id = :author ORDER BY n.id",
        author=participant_id,
    )


async def next_announcement_due(tx: Transaction) -> datetime | None:
    """Return when the first scheduled announcement is due; None if none is scheduled."""
    return await tx.value_or_none(datetime, "SELECT MIN(due_at) FROM announcements WHERE state = 'waiting'")


async def discard_draft(tx: Transaction, announcement_id: int) -> bool:
    """Delete a draft. Returns False if the announcement is no draft."""
    return bool(await tx.run("DELETE FROM announcements WHERE id = :id AND state = 'draft'", id=announcement_id))


async def released_since(tx: Transaction, since: datetime) -> Sequence[Announcement]:
    """Return the announcements sent at `since` or later, newest first, except cancelled and withdrawn ones."""
    return await tx.rows(
        Announcement,
        f"SELECT {COLUMNS} FROM announcements n WHERE n.released_at >= :since"
        " AND n.state IN ('sending', 'sent') ORDER BY n.released_at DESC, n.id DESC",
        since=to_micros(since),
    )


async def waiting_or_recent(tx: Transaction, since: datetime) -> Sequence[Announcement]:
    """Return the announcements that are scheduled, or were sent at `since` or later, newest first.

    Cancelled and withdrawn announcements are left out.
    """
    return await tx.rows(
        Announcement,
        f"SELECT {COLUMNS} FROM announcements n WHERE n.state = 'waiting'"
        " OR (n.released_at >= :since AND n.state IN ('sending', 'sent')) ORDER BY n.id DESC",
        since=to_micros(since),
    )


async def forget_old_drafts(tx: Transaction, now: datetime) -> int:
    """Delete drafts that are older than two months. Returns how many were deleted."""
    return await tx.run(
        "DELETE FROM announcements WHERE state = 'draft' AND created_at < :before", before=to_micros(now - _ABANDONED)
    )
