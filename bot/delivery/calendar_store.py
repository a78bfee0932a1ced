"""Which sessions are entered in the calendar of a platform, and which entries are to be brought in step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.database.engine import Transaction
from bot.delivery.calendar_entries import CreatedEntry
from bot.delivery.contributions import CalendarSource


@dataclass(frozen=True, slots=True)
class DueEntry:
    """An entry that is due: `revision` is the session's, 0 where that is gone; `attempts` how often it failed."""

    session_id: int
    platform: str
    revision: int
    due: datetime
    attempts: int = 0


async def due(tx: Transaction, source: CalendarSource, platform: str, now: datetime) -> DueEntry | None:
    """The entry to look after next, perhaps not before `due`: what changed first, then what is new, soonest first."""
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


async def listed(tx: Transaction, stored: DueEntry) -> CreatedEntry:
    """What is written down of an entry; nothing for one that is not there."""
    row = await tx.one(
        "SELECT native_id, title, starts_at FROM calendar_entries WHERE session_id = :id AND platform = :platform",
        id=stored.session_id,
        platform=stored.platform,
    )
    if row is None:
        return CreatedEntry()
    starts = None if row["starts_at"] is None else from_micros(row["starts_at"])
    return CreatedEntry(row["native_id"], row["title"], starts)


async def taken(tx: Transaction, platform: str) -> frozenset[str]:
    """The native ids that some entry has."""
    rows = await tx.all("SELECT native_id FROM calendar_entries WHERE platform = :platform", platform=platform)
    return frozenset(row["native_id"] for row in rows if row["native_id"])


async def note(tx: Transaction, stored: DueEntry, listed: CreatedEntry, now: datetime) -> None:
    """Write down what was made."""
    await tx.run(
        "INSERT INTO calendar_entries (session_id, platform, native_id, title, starts_at, due_at)"
        " VALUES (:id, :platform, :native_id, :title, CAST(:starts AS BIGINT), :now)"
        " ON CONFLICT (session_id, platform) DO UPDATE SET native_id = excluded.native_id, title = excluded.title,"
        " starts_at = excluded.starts_at",
        id=stored.session_id,
        platform=stored.platform,
        native_id=listed.native_id,
        title=listed.title,
        starts=None if listed.starts is None else to_micros(listed.starts),
        now=to_micros(now),
    )


async def done(tx: Transaction, stored: DueEntry, again: datetime) -> None:
    """An entry is in step; it is looked after `again`, at once where its session changed meanwhile."""
    await _tried(tx, stored, 0, again)


async def postpone(tx: Transaction, stored: DueEntry, again: datetime) -> None:
    """An entry could not be brought in step, and is tried again; at once where its session changed meanwhile."""
    await _tried(tx, stored, stored.attempts + 1, again)


async def _tried(tx: Transaction, stored: DueEntry, attempts: int, again: datetime) -> None:
    await tx.run(
        "INSERT INTO calendar_entries (session_id, platform, tried, attempts, due_at)"
        " VALUES (:id, :platform, :revision, :attempts, :again)"
        " ON CONFLICT (session_id, platform) DO UPDATE SET tried = excluded.tried, attempts = excluded.attempts,"
        " due_at = excluded.due_at",
        id=stored.session_id,
        platform=stored.platform,
        revision=stored.revision,
        attempts=attempts,
        again=to_micros(again),
    )


async def forget(tx: Transaction, stored: DueEntry) -> None:
    """An entry is withdrawn."""
    await tx.run(
        "DELETE FROM calendar_entries WHERE session_id = :id AND platform = :platform",
        id=stored.session_id,
        platform=stored.platform,
    )
