"""Stores the links to displays, live pages without a login, as hashes, and the short codes that displays show."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Row, Transaction
from bot.people import codes, ending_store

ENDING = "display"
"""The kind under which ended links to displays are recorded (see `bot.people.ending_store`)."""
_LENGTH = 26
"""The number of characters of a secret: 130 bits, so that SHA-256 is enough and guesses need no limit."""
_ENTRY = 6
"""The number of characters of an entry, a short code that people read on a wall and type."""


@dataclass(frozen=True, slots=True)
class DisplayLink:
    """A link to the display of a `kind` about a `subject`; a display is a live page without a login.

    On a wall this is what was last put on it (`put_on`). `participant_id` is the person to whom the link belongs, None
    for a display on a wall. `hash` is the hash of the link's secret. `closed` says that somebody closed the link, or
    that its person left the gathering.
    """

    hash: str
    kind: str
    subject: str
    participant_id: int | None
    closed: bool


_SHOWS = "COALESCE(l.shown_kind, l.kind) = :kind AND COALESCE(l.shown_subject, l.subject) = :subject"
_OPEN = (
    "l.closed_at IS NULL AND (l.participant_id IS NULL OR EXISTS (SELECT 1 FROM participants p"
    " WHERE p.id = l.participant_id AND p.status = 'joined'))"
)


def _hash(secret: str) -> str:
    return hashlib.sha256(codes.normalise(secret).encode()).hexdigest()


def new_secret(length: int = _LENGTH) -> str:
    """Return a new secret of `length` characters for the link to a display, a live page. Nothing is stored."""
    return "".join(secrets.choice(codes.ALPHABET) for _ in range(length))


async def issue(
    tx: Transaction, kind: str, subject: str, participant_id: int | None, now: datetime, secret: str = ""
) -> str:
    """Store a new link to a display, a live page without a login, and return the secret in the link's address.

    `kind` and `subject` say which display. Only the hash of the secret is stored; if `secret` is '', a new one is made.
    `participant_id` is the person to whom the link belongs, whose earlier link to the display is deleted. None means a
    display on a wall, which also gets a short code: people type the code to open their own pages.
    """
    if participant_id is not None:
        rows = await tx.all(
            "DELETE FROM display_links WHERE kind = :kind AND subject = :subject AND participant_id = :person"
            " RETURNING hash",
            kind=kind,
            subject=subject,
            person=participant_id,
        )
        await _note(tx, rows)
    elif not await entry_of(tx, kind, subject):
        await _add_entry(tx, kind, subject)
    secret = secret or new_secret()
    await tx.run(
        "INSERT INTO display_links (hash, kind, subject, participant_id, created_at)"
        " VALUES (:hash, :kind, :subject, :person, :now)",
        hash=_hash(secret),
        kind=kind,
        subject=subject,
        person=participant_id,
        now=to_micros(now),
    )
    return secret


async def entry_of(tx: Transaction, kind: str, subject: str) -> str:
    """Return the short code that a display on a wall shows; '' if it has none.

    `kind` and `subject` say which display. People type the code to open their own pages.
    """
    sql = "SELECT code FROM display_entries WHERE kind = :kind AND subject = :subject"
    return await tx.value_or_none(str, sql, kind=kind, subject=subject) or ""


async def find_entry(tx: Transaction, code: str) -> tuple[str, str] | None:
    """Return the kind and the subject of the display (a live page) that shows a short code; None if none shows it.

    `code` is as people typed it.
    """
    row = await tx.one("SELECT kind, subject FROM display_entries WHERE code = :code", code=codes.normalise(code))
    return (row["kind"], row["subject"]) if row else None


async def _add_entry(tx: Transaction, kind: str, subject: str) -> None:
    sql = "INSERT INTO display_entries (code, kind, subject) VALUES (:code, :kind, :subject) ON CONFLICT DO NOTHING"
    while not await tx.run(sql, code=new_secret(_ENTRY), kind=kind, subject=subject):
        if await entry_of(tx, kind, subject):
            return


async def find(tx: Transaction, secret: str) -> DisplayLink | None:
    """Return the link to a display (a live page) whose address has this secret; None if there is none.

    A closed link is returned too, as `closed`.
    """
    return await tx.row(
        DisplayLink,
        "SELECT l.hash, COALESCE(l.shown_kind, l.kind) AS kind, COALESCE(l.shown_subject, l.subject) AS subject,"
        f" l.participant_id, CASE WHEN {_OPEN} THEN 0 ELSE 1 END AS closed"
        " FROM display_links l WHERE l.hash = :hash",
        hash=_hash(secret),
    )


async def open_links(tx: Transaction, kind: str, subject: str) -> frozenset[str]:
    """Return the hashes of the secrets of all open links to a display, a live page.

    `kind` and `subject` say which display.
    """
    found = await tx.values(
        str,
        f"SELECT l.hash FROM display_links l WHERE {_SHOWS} AND {_OPEN}",
        kind=kind,
        subject=subject,
    )
    return frozenset(found)


async def count_on_walls(tx: Transaction, kind: str, subject: str) -> int:
    """Return the number of open links for walls that show a display now, or that were made for it.

    `kind` and `subject` say which display. Links that belong to a participant are not for walls.
    """
    return await tx.value(
        int,
        f"SELECT COUNT(*) FROM display_links l WHERE ({_SHOWS} OR (kind = :kind AND subject = :subject))"
        " AND closed_at IS NULL AND participant_id IS NULL",
        kind=kind,
        subject=subject,
    )


async def put_on(tx: Transaction, kind: str, subject: str, *, beside: Iterable[str] = ()) -> int:
    """Show a display on every wall whose link is open, until `take_off`; return on how many walls it is new.

    `kind` and `subject` say which display. Walls that show a display of the same kind about one of the subjects
    `beside` are left as they are: they are in other rooms.
    """
    walls = await _other_walls(tx, kind, subject, beside)
    if walls and not await entry_of(tx, kind, subject):
        await _add_entry(tx, kind, subject)
    await tx.many(
        "UPDATE display_links SET shown_kind = :kind, shown_subject = :subject WHERE hash = :hash",
        [{"kind": kind, "subject": subject, "hash": wall} for wall in walls],
    )
    return len(walls)


async def take_off(tx: Transaction, kind: str, subject: str) -> None:
    """Let each wall on which a display was put show again what its link was made for.

    `kind` and `subject` say which display.
    """
    await tx.run(
        "UPDATE display_links SET shown_kind = NULL, shown_subject = NULL"
        " WHERE shown_kind = :kind AND shown_subject = :subject",
        kind=kind,
        subject=subject,
    )


async def count_other_walls(tx: Transaction, kind: str, subject: str, *, beside: Iterable[str] = ()) -> int:
    """Return on how many open walls `put_on`, called in the same way, would show a display that they do not show."""
    return len(await _other_walls(tx, kind, subject, beside))


async def _other_walls(tx: Transaction, kind: str, subject: str, beside: Iterable[str]) -> Sequence[str]:
    """Return the hashes of the open links for walls that show neither this display nor one of those `beside`."""
    rows = await tx.all(
        "SELECT l.hash, COALESCE(l.shown_kind, l.kind) AS kind, COALESCE(l.shown_subject, l.subject) AS subject"
        " FROM display_links l WHERE l.closed_at IS NULL AND l.participant_id IS NULL ORDER BY l.hash"
    )
    kept = {(kind, each) for each in (subject, *beside)}
    return [row["hash"] for row in rows if (row["kind"], row["subject"]) not in kept]


async def close(tx: Transaction, kind: str, subject: str, now: datetime) -> int:
    """Close all links made for a display (a live page), participants' own links too; return how many were open.

    `kind` and `subject` say which display. Its links are closed whatever else is shown on their walls now. Walls whose
    links were made for another display, and on which it was put, show the other one again.
    """
    await take_off(tx, kind, subject)
    rows = await tx.all(
        "UPDATE display_links SET closed_at = :now WHERE kind = :kind AND subject = :subject AND closed_at IS NULL"
        " RETURNING hash",
        kind=kind,
        subject=subject,
        now=to_micros(now),
    )
    await _note(tx, rows)
    return len(rows)


async def close_own(tx: Transaction, participant_id: int, now: datetime) -> None:
    """Close all links to displays (live pages) that belong to a participant."""
    rows = await tx.all(
        "UPDATE display_links SET closed_at = :now WHERE participant_id = :person AND closed_at IS NULL RETURNING hash",
        person=participant_id,
        now=to_micros(now),
    )
    await _note(tx, rows)


async def close_each(tx: Transaction, hashes: Iterable[str], now: datetime) -> int:
    """Close the links to displays (live pages) whose secrets have these hashes; return how many of them were open."""
    closed = 0
    for hashed in hashes:
        rows = await tx.all(
            "UPDATE display_links SET closed_at = :now WHERE hash = :hash AND closed_at IS NULL RETURNING hash",
            hash=hashed,
            now=to_micros(now),
        )
        await _note(tx, rows)
        closed += len(rows)
    return closed


async def close_all(tx: Transaction, now: datetime) -> None:
    """Close all links to all displays (live pages)."""
    await _note(
        tx,
        await tx.all(
            "UPDATE display_links SET closed_at = :now WHERE closed_at IS NULL RETURNING hash", now=to_micros(now)
        ),
    )


async def _note(tx: Transaction, rows: Iterable[Row]) -> None:
    """Note that these links were closed."""
    await ending_store.record_endings(tx, ENDING, [row["hash"] for row in rows])
