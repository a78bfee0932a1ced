"""The SQL of the entries in platforms' calendars: which entries exist, and which have to be updated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction
from bot.delivery.calendar_entries import CreatedEntry
from bot.delivery.contributions import CalendarSource


@dataclass(frozen=True, slots=True)
class DueEntry:
    """An entry in a platform's calendar that must be compared with its session at the instant `due`, and updated.

    `revision` is the revision of the session, 0 for a session that was deleted. `attempts` counts the failed attempts.
    """

    session_id: int
    platform: str
    revision: int
    due: datetime
    attempts: int = 0


async def next_entry(tx: Transaction, source: CalendarSource, platform: str, now: datetime) -> DueEntry | None:
    """Return the entry of a platform's calendar to update or create next; None if there is none.

    Updates that are due come first, then new sessions of the programme, the soonest first. If there are none, the entry
    with the next due update is returned. `source` says where sessions are stored.
    """
    row = await tx.one(
        "SELECT l.session_id, COALESCE(s.revision, 0) AS revision, l.tried, l.attempts,"
        " CASE WHEN COALESCE(s.revision, 0) <> l.tried THEN 0 ELSE l.due_at END AS due"
        f" FROM calendar_entries l LEFT JOIN {source.table} s ON s.id = l.session_id"
        " WHERE l.platform = :platform ORDER BY due, COALESCE(s.starts_at, 0), l.session_id LIMIT 1",
        platform=platform,
    )
    waiting = None
    if row:
        attempts = row["attempts"] if row["revision"] == row["tried"] else 0
        waiting = DueEntry(row["session_id"], platform, row["revision"], from_micros(row["due"]), attempts)
        if waiting.due <= now:
            return waiting
    row = await tx.one(
        f"SELECT s.id, s.revision FROM {source.table} s WHERE {source.belongs} AND s.starts_at > :now"
        " AND NOT EXISTS (SELECT 1 FROM calendar_entries l WHERE l.session_id = s.id AND l.platform = :platform)"
        " ORDER BY s.starts_at, s.id LIMIT 1",
        platform=platform,
        now=to_micros(now),
    )
    return DueEntry(row["id"], platform, row["revision"], now) if row else waiting


async def created_entry(tx: Transaction, entry: DueEntry) -> CreatedEntry:
    """Return what has been created so far of an entry in a platform's calendar; an empty CreatedEntry for nothing."""
    row = await tx.one(
        "SELECT native_id, title, starts_at FROM calendar_entries WHERE session_id = :id AND platform = :platform",
        id=entry.session_id,
        platform=entry.platform,
    )
    if row is None:
        return CreatedEntry()
    starts = None if row["starts_at"] is None else from_micros(row["starts_at"])
    return CreatedEntry(row["native_id"], row["title"], starts)


async def used_ids(tx: Transaction, platform: str) -> frozenset[str]:
    """Return the platform's ids of all entries that this program made in the platform's calendar."""
    rows = await tx.all("SELECT native_id FROM calendar_entries WHERE platform = :platform", platform=platform)
    return frozenset(row["native_id"] for row in rows if row["native_id"])


async def note_created(tx: Transaction, entry: DueEntry, created: CreatedEntry, now: datetime) -> None:
    """Store what was created so far of an entry in a platform's calendar."""
    await tx.run(
        "INSERT INTO calendar_entries (session_id, platform, native_id, title, starts_at, due_at)"
        " VALUES (:id, :platform, :native_id, :title, CAST(:starts AS BIGINT), :now)"
        " ON CONFLICT (session_id, platform) DO UPDATE SET native_id = excluded.native_id, title = excluded.title,"
        " starts_at = excluded.starts_at",
        id=entry.session_id,
        platform=entry.platform,
        native_id=created.native_id,
        title=created.title,
        starts=None if created.starts is None else to_micros(created.starts),
        now=to_micros(now),
    )


async def mark_synchronised(tx: Transaction, entry: DueEntry, again: datetime) -> None:
    """Store that a calendar entry shows its session as it was when the update began.

    The entry is updated again at the instant `again`, or at once if the session has changed in the meantime.
    """
    await _note_try(tx, entry, 0, again)


async def postpone(tx: Transaction, entry: DueEntry, again: datetime) -> None:
    """Store that an attempt to update a calendar entry failed.

    The attempt is repeated at the instant `again`, or at once if the session has changed in the meantime.
    """
    await _note_try(tx, entry, entry.attempts + 1, again)


async def _note_try(tx: Transaction, entry: DueEntry, attempts: int, again: datetime) -> None:
    await tx.run(
        "INSERT INTO calendar_entries (session_id, platform, tried, attempts, due_at)"
        " VALUES (:id, :platform, :revision, :attempts, :again)"
        " ON CONFLICT (session_id, platform) DO UPDATE SET tried = excluded.tried, attempts = excluded.attempts,"
        " due_at = excluded.due_at",
        id=entry.session_id,
        platform=entry.platform,
        revision=entry.revision,
        attempts=attempts,
        again=to_micros(again),
    )


async def forget(tx: Transaction, entry: DueEntry) -> None:
    """Delete the row of a calendar entry, after the entry was cancelled on its platform."""
    await tx.run(
        "DELETE FROM calendar_entries WHERE session_id = :id AND platform = :platform",
        id=entry.session_id,
        platform=entry.platform,
    )
