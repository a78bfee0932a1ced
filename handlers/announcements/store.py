"""Announcements as they are kept: whom they are for, how far they have come, who has seen them.

What they say is in `handlers.announcements.content_store`; the copies are rows of deliveries: see
`handlers.announcements.copy_store`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.content.views import Attachment
from bot.database.engine import Row, Transaction
from bot.people import audiences
from bot.people.audiences import EVERYONE, Audience
from handlers.announcements.content_store import ELSE, Lines, hang, packed
from handlers.announcements.model import Announcement, Kind, State

_ABANDONED = timedelta(days=60)
_COLUMNS = (
    "n.id, n.author_id, n.kind, n.audience, n.urgent, n.asks_seen, n.state, n.revision, n.due_at, n.deadline_at,"
    " n.created_at, n.released_at, n.ended_at"
)


async def add(
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
    """Keep a new draft."""
    row = await tx.one(
        "INSERT INTO announcements (author_id, kind, content, audience, deadline_at, created_at)"
        " VALUES (CAST(:author AS BIGINT), :kind, :content, :audience, CAST(:deadline AS BIGINT), :now) RETURNING id",
        author=author_id,
        kind=kind,
        content=packed({ELSE: lines}, None),
        audience=audience.encode(),
        deadline=to_micros(deadline) if deadline else None,
        now=to_micros(now),
    )
    assert row is not None
    await hang(tx, row["id"], attachments)
    made = await find(tx, row["id"])
    assert made is not None
    return made


async def find(tx: Transaction, announcement_id: int) -> Announcement | None:
    """One announcement; None for none."""
    row = await tx.one(f"SELECT {_COLUMNS} FROM announcements n WHERE n.id = :id", id=announcement_id)
    return _announcement(row) if row else None


async def listed(tx: Transaction, limit: int, after: int = 0) -> Sequence[Announcement]:
    """All of them, from the one `after` so many: what waits or is on its way, what was sent, drafts; newest first."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM announcements n ORDER BY CASE WHEN n.state IN ('waiting', 'sending') THEN 0"
        " WHEN n.state = 'draft' THEN 2 ELSE 1 END, n.id DESC LIMIT :limit OFFSET :after",
        limit=limit,
        after=after,
    )
    return [_announcement(row) for row in rows]


async def count(tx: Transaction) -> int:
    """How many there are."""
    row = await tx.one("SELECT COUNT(*) AS found FROM announcements")
    return row["found"] if row else 0


@dataclass(frozen=True, slots=True)
class Unsent:
    """Announcements that did not leave yet: how many drafts, how many wait, and when the first of these leaves."""

    drafts: int
    waiting: int
    next_due: datetime | None


async def unsent(tx: Transaction) -> Unsent:
    """How many announcements did not leave yet."""
    row = await tx.one(
        "SELECT COUNT(CASE WHEN state = 'draft' THEN 1 END) AS drafts, COUNT(due_at) AS waiting, MIN(due_at) AS due"
        " FROM announcements WHERE state IN ('draft', 'waiting')"
    )
    assert row is not None
    return Unsent(row["drafts"], row["waiting"], _instant(row["due"]))


async def address(tx: Transaction, announcement_id: int, audience: Audience) -> None:
    """Say whom it is for."""
    await tx.run(
        "UPDATE announcements SET audience = :audience WHERE id = :id", id=announcement_id, audience=audience.encode()
    )


async def begin(tx: Transaction, announcement_id: int, now: datetime, *, urgent: bool) -> bool:
    """Note that its copies are made now. False for one that is neither draft nor waiting: somebody was faster."""
    return bool(
        await tx.run(
            "UPDATE announcements SET state = 'sending', urgent = :urgent, released_at = :now, due_at = NULL,"
            " ended_at = NULL WHERE id = :id AND state IN ('draft', 'waiting')",
            id=announcement_id,
            urgent=int(urgent),
            now=to_micros(now),
        )
    )


async def wait(tx: Transaction, announcement_id: int, due: datetime, *, urgent: bool = False) -> bool:
    """Let a draft leave at an instant. False for what is no draft."""
    return bool(
        await tx.run(
            "UPDATE announcements SET state = 'waiting', due_at = :due, urgent = :urgent"
            " WHERE id = :id AND state = 'draft'",
            id=announcement_id,
            due=to_micros(due),
            urgent=int(urgent),
        )
    )


async def put_state(tx: Transaction, announcement_id: int, state: State) -> None:
    """Note how far it has come. A draft has no hour, and no copies."""
    await tx.run(
        "UPDATE announcements SET state = :state,"
        " due_at = CASE WHEN :state = 'draft' THEN NULL ELSE due_at END,"
        " released_at = CASE WHEN :state = 'draft' THEN NULL ELSE released_at END WHERE id = :id",
        id=announcement_id,
        state=state,
    )


async def due(tx: Transaction, now: datetime) -> Sequence[Announcement]:
    """Those whose hour has come, the earliest first."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM announcements n WHERE n.state = 'waiting' AND n.due_at <= :now"
        " ORDER BY n.due_at, n.id",
        now=to_micros(now),
    )
    return [_announcement(row) for row in rows]


async def planned_by(tx: Transaction, participant_id: int) -> Sequence[Announcement]:
    """Those that someone wrote and that wait for their hour."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM announcements n WHERE n.state = 'waiting' AND n.author_id = :author ORDER BY n.id",
        author=participant_id,
    )
    return [_announcement(row) for row in rows]


async def next_due(tx: Transaction) -> datetime | None:
    """When the first of those that wait leaves; None where none waits."""
    row = await tx.one("SELECT MIN(due_at) AS due FROM announcements WHERE state = 'waiting'")
    return _instant(row["due"]) if row else None


async def discard(tx: Transaction, announcement_id: int) -> bool:
    """Throw a draft away. False for what is no draft."""
    return bool(await tx.run("DELETE FROM announcements WHERE id = :id AND state = 'draft'", id=announcement_id))


async def released_since(tx: Transaction, since: datetime) -> Sequence[Announcement]:
    """Those whose copies were made since an instant, newest first; not those taken back."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM announcements n WHERE n.released_at >= :since"
        " AND n.state IN ('sending', 'sent') ORDER BY n.released_at DESC, n.id DESC",
        since=to_micros(since),
    )
    return [_announcement(row) for row in rows]


async def rivals(tx: Transaction, since: datetime) -> Sequence[Announcement]:
    """Those that wait for their hour, and those whose copies were made since an instant; newest first."""
    rows = await tx.all(
        f"SELECT {_COLUMNS} FROM announcements n WHERE n.state = 'waiting'"
        " OR (n.released_at >= :since AND n.state IN ('sending', 'sent')) ORDER BY n.id DESC",
        since=to_micros(since),
    )
    return [_announcement(row) for row in rows]


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Drop drafts that nobody sent for two months; how many."""
    return await tx.run(
        "DELETE FROM announcements WHERE state = 'draft' AND created_at < :before", before=to_micros(now - _ABANDONED)
    )


async def acknowledge(tx: Transaction, announcement_id: int, participant_id: int, now: datetime) -> bool:
    """Note that someone has seen it. False when they had said so before."""
    return bool(
        await tx.run(
            "INSERT INTO acknowledgements (announcement_id, participant_id, at) VALUES (:id, :person, :now)"
            " ON CONFLICT (announcement_id, participant_id) DO NOTHING",
            id=announcement_id,
            person=participant_id,
            now=to_micros(now),
        )
    )


async def seen_by(tx: Transaction, announcement_id: int) -> Mapping[int, datetime]:
    """Who said that they have seen it, by id, and when."""
    rows = await tx.all(
        "SELECT participant_id, at FROM acknowledgements WHERE announcement_id = :id", id=announcement_id
    )
    return {row["participant_id"]: from_micros(row["at"]) for row in rows}


async def count_seen(tx: Transaction, announcement_id: int) -> int:
    """How many said that they have seen it; of a campaign, that they have done it."""
    row = await tx.one("SELECT COUNT(*) AS n FROM acknowledgements WHERE announcement_id = :id", id=announcement_id)
    assert row is not None
    number: int = row["n"]
    return number


def _instant(micros: int | None) -> datetime | None:
    return from_micros(micros) if micros is not None else None


def _announcement(row: Row) -> Announcement:
    return Announcement(
        row["id"],
        row["author_id"],
        row["kind"],
        audiences.parse(row["audience"]),
        bool(row["urgent"]),
        bool(row["asks_seen"]),
        row["state"],
        row["revision"],
        _instant(row["due_at"]),
        _instant(row["deadline_at"]),
        from_micros(row["created_at"]),
        _instant(row["released_at"]),
        _instant(row["ended_at"]),
    )
