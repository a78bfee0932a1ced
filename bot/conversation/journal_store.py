"""Stores the changes that organisers and facilitators made, and for each change the action that undoes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.clock import from_micros, to_micros
from bot.database.engine import Row, Transaction
from bot.people.reference_store import written_out

KEPT = timedelta(days=1)
"""How long the values before and after a change are kept; who changed what and when is kept as long as its author."""

_ENTRIES = (
    "SELECT j.id, j.author_id, j.subject, j.what, j.inverse, j.done_at, j.undone_at, p.given_name, p.family_name"
    " FROM journal j JOIN participants p ON p.id = j.author_id"
)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A change made by an organiser or facilitator, as it is stored; it can be undone for a while.

    `subject` is the key of what was changed («person:12»), and `what` a description as JSON. `inverse` is JSON with the
    encoded action that undoes the change, and the values before and after; '' once the values were deleted.
    """

    id: int
    author_id: int
    subject: str
    what: str
    inverse: str
    author_given_name: str
    author_family_name: str
    done_at: datetime
    undone: bool


async def _entries(tx: Transaction, rows: Sequence[Row]) -> Sequence[JournalEntry]:
    said = await written_out(tx, [row["what"] for row in rows])
    return [_entry(row, what) for row, what in zip(rows, said, strict=True)]


def _entry(row: Row, what: str) -> JournalEntry:
    return JournalEntry(
        row["id"],
        row["author_id"],
        row["subject"],
        what,
        row["inverse"],
        row["given_name"],
        row["family_name"],
        from_micros(row["done_at"]),
        row["undone_at"] is not None,
    )


async def add(tx: Transaction, author_id: int, subject: str, what: str, inverse: str, now: datetime) -> int:
    """Store a change of an organiser or facilitator, and return the id of its entry.

    `subject` is what was changed («person:12»), `what` a description as JSON. `inverse` is JSON with the encoded action
    that undoes the change, and the values before and after.
    """
    return await tx.value(
        int,
        "INSERT INTO journal (author_id, subject, what, inverse, done_at)"
        " VALUES (:author, :subject, :what, :inverse, :now) RETURNING id",
        author=author_id,
        subject=subject,
        what=what,
        inverse=inverse,
        now=to_micros(now),
    )


async def find(tx: Transaction, entry_id: int) -> JournalEntry | None:
    """Return the stored change with the id `entry_id`; None if there is none."""
    rows = await tx.all(f"{_ENTRIES} WHERE j.id = :id", id=entry_id)
    return next(iter(await _entries(tx, rows)), None)


_ABOUT = "(j.subject = :subject OR j.inverse LIKE '%\"' || CAST(:subject AS TEXT) || '\"%')"
"""The SQL condition that a change has a subject, or is a change of several subjects at once that includes it."""


async def later(tx: Transaction, entry: JournalEntry) -> JournalEntry | None:
    """Return the first change to the same subject after `entry` that was not undone; None if there is none."""
    rows = await tx.all(
        f"{_ENTRIES} WHERE {_ABOUT} AND j.id > :id AND j.undone_at IS NULL ORDER BY j.id LIMIT 1",
        subject=entry.subject,
        id=entry.id,
    )
    return next(iter(await _entries(tx, rows)), None)


async def last(tx: Transaction, subject: str) -> JournalEntry | None:
    """Return the latest change to a subject that was not undone; None if there is none."""
    return next(iter(await last_about(tx, subject, 1)), None)


async def last_about(tx: Transaction, subject: str, most: int) -> Sequence[JournalEntry]:
    """Return the latest changes to a subject that were not undone, newest first, at most `most` of them."""
    rows = await tx.all(
        f"{_ENTRIES} WHERE {_ABOUT} AND j.undone_at IS NULL ORDER BY j.id DESC LIMIT :most", subject=subject, most=most
    )
    return await _entries(tx, rows)


async def between(tx: Transaction, start: datetime, end: datetime) -> Sequence[JournalEntry]:
    """Return the changes of organisers and facilitators from `start` until before `end`, newest first."""
    rows = await tx.all(
        f"{_ENTRIES} WHERE j.done_at >= :start AND j.done_at < :end ORDER BY j.id DESC",
        start=to_micros(start),
        end=to_micros(end),
    )
    return await _entries(tx, rows)


async def times(tx: Transaction) -> Sequence[datetime]:
    """Return when each change was made."""
    return [from_micros(row["done_at"]) for row in await tx.all("SELECT done_at FROM journal")]


async def newest(tx: Transaction, most: int) -> Sequence[JournalEntry]:
    """Return the changes of organisers and facilitators, newest first, at most `most` of them."""
    return await _entries(tx, await tx.all(f"{_ENTRIES} ORDER BY j.id DESC LIMIT :most", most=most))


async def mark_undone(tx: Transaction, entry_id: int, now: datetime) -> None:
    """Store that the change with the id `entry_id` was undone."""
    await tx.run("UPDATE journal SET undone_at = :now WHERE id = :id", id=entry_id, now=to_micros(now))


async def forget_about(tx: Transaction, subjects: Collection[str]) -> None:
    """Delete the changes of certain subjects («person:12»), because nobody may read the changed values any more."""
    await tx.many("DELETE FROM journal WHERE subject = :subject", [{"subject": subject} for subject in subjects])


async def forget_values_of(tx: Transaction, key: str) -> None:
    """Delete the values of all changes that contain `key` as a value, because the thing with this key was removed."""
    await tx.run("UPDATE journal SET inverse = '' WHERE inverse LIKE '%\"' || CAST(:key AS TEXT) || '\"%'", key=key)


async def forget_values_where(tx: Transaction, code: str, forgotten: Callable[[Mapping[str, Any]], bool]) -> None:
    """Delete the values of changes that an inverse undoes, if forgotten(values) is true.

    `code` is the code of the inverse, the action that undoes the changes.
    """
    for row in await tx.all("SELECT id, inverse FROM journal WHERE inverse LIKE :code", code=f'["{code}"%'):
        if forgotten(json.loads(row["inverse"])[1]):
            await tx.run("UPDATE journal SET inverse = '' WHERE id = :id", id=row["id"])


async def forget_values(tx: Transaction, now: datetime) -> int:
    """Delete the values of changes that were stored longer ago than KEPT. Returns the number of these changes."""
    return await tx.run(
        "UPDATE journal SET inverse = '' WHERE done_at < :before AND inverse <> ''", before=to_micros(now - KEPT)
    )
