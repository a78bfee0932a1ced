"""Reads and writes practical information: sections, files, recent readers, and how many questions they answered."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.clock import to_micros
from bot.content.texts import source_name
from bot.content.views import NOBODY, Attachment, File, Picture
from bot.database.engine import Row, Transaction
from bot.files.named_files import FileTable
from bot.files.pending_import_store import KEPT, PendingImports
from handlers.practical.model.sections import Section, decode_changes, encode_changes, in_order

SEEDED = "practical_seeded"
"""The key of the setting that records that the sections of config.toml were stored."""
READ_LATELY = timedelta(days=1)
"""For how long the program stores who read a section; these people are notified if it changes."""

PENDING_CHANGES = PendingImports("pending_sections", "changes", encode_changes, decode_changes)
"""Changes that an organiser has previewed and may publish."""

FILES = FileTable(name="practical_files", owner="id", held=True)
"""The table of the files of sections; their content is in the database itself."""

Answer = Literal["yes", "no"]
"""Whether a section answered a reader's question, as the reader said after it was offered as the answer."""

_SECTIONS = "practical sections"


# --- sections


async def all_sections(tx: Transaction) -> Sequence[Section]:
    """Return all sections of practical information in order, as organisers see them: including unconfirmed texts."""
    return await tx.cached(_SECTIONS, _all_sections)


async def _all_sections(tx: Transaction) -> Sequence[Section]:
    return in_order(await tx.rows(Section, "SELECT key, parts FROM practical_sections"))


async def confirmed_sections(tx: Transaction) -> Sequence[Section]:
    """Return the sections as people read them, in order, without texts that nobody of the team has confirmed."""
    return [confirmed for section in await all_sections(tx) if (confirmed := section.confirmed)]


async def find_confirmed(tx: Transaction, key: str) -> Section | None:
    """Return the section with this key as people read it; None if there is none, or if none of it is confirmed."""
    section = await find_section(tx, key)
    return section.confirmed if section else None


async def sections_to_confirm(tx: Transaction, locales: Collection[str]) -> Sequence[Section]:
    """Return the sections with an unconfirmed text in one of these locales, which the team must confirm or rewrite."""
    return [
        section
        for section in await all_sections(tx)
        if not section.confirmed or not {*section.unconfirmed}.isdisjoint(locales)
    ]


async def find_section(tx: Transaction, key: str) -> Section | None:
    """Return the section of practical information with this key; None if there is none."""
    return await tx.row(Section, "SELECT key, parts FROM practical_sections WHERE key = :key", key=key)


async def put_section(tx: Transaction, key: str, parts: Mapping[str, Any]) -> None:
    """Replace all stored parts of a section with these; a section without parts is deleted."""
    tx.invalidate(_SECTIONS)
    if not parts:
        await tx.run("DELETE FROM practical_sections WHERE key = :key", key=key)
        return
    await tx.run(
        "INSERT INTO practical_sections (key, parts) VALUES (:key, :parts)"
        " ON CONFLICT (key) DO UPDATE SET parts = :parts",
        key=key,
        parts=json.dumps(dict(parts), ensure_ascii=False),
    )


# --- files


async def add_files(tx: Transaction, attachments: Sequence[Attachment], now: datetime) -> list[int]:
    """Store pictures and documents, and return their ids in order. Sections and pending changes refer to these ids."""
    return [await _add_file(tx, attachment, now) for attachment in attachments]


async def _add_file(tx: Transaction, attachment: Attachment, now: datetime) -> int:
    return await tx.value(
        int,
        "INSERT INTO practical_files (kind, name, media_type, content, added_at)"
        " VALUES (:kind, :name, :media_type, :content, :now) RETURNING id",
        kind="picture" if isinstance(attachment, Picture) else "file",
        name=source_name(attachment.name),
        media_type=attachment.media_type,
        content=attachment.content,
        now=to_micros(now),
    )


async def files_of(tx: Transaction, ids: Sequence[int]) -> Sequence[Attachment]:
    """Return the pictures and documents with these ids, in the order of the ids; deleted ones are left out."""
    rows = [
        await tx.one("SELECT kind, name, media_type, content FROM practical_files WHERE id = :id", id=file_id)
        for file_id in ids
    ]
    return [_attachment(row) for row in rows if row]


def _attachment(row: Row) -> Attachment:
    held = bytes(row["content"])
    if row["kind"] == "picture":
        return Picture(held, "", row["name"], NOBODY)
    return File(row["name"], held, row["media_type"], NOBODY)


async def forget_old(tx: Transaction, now: datetime) -> int:
    """Delete unpublished changes, unused files, and the record of who read sections more than a day ago.

    An unused file is kept for some time, so that a change can be undone. Returns how many rows were deleted.
    """
    readers = await tx.run("DELETE FROM practical_readers WHERE read_at < :before", before=to_micros(now - READ_LATELY))
    pending = await PENDING_CHANGES.forget_old(tx, now)
    named = {
        file_id
        for section in await all_sections(tx)
        for part, ids in section.parts.items()
        if part.startswith("files.")
        for file_id in ids
    }
    old = await tx.all("SELECT id FROM practical_files WHERE added_at < :before", before=to_micros(now - 2 * KEPT))
    unnamed = [{"id": row["id"]} for row in old if row["id"] not in named]
    await tx.many("DELETE FROM practical_files WHERE id = :id", unnamed)
    return readers + pending + len(unnamed)


# --- who read a section lately


_IN_ONE_OF = "(locale = '' OR CAST(:locales AS TEXT) LIKE '%' || locale || '%')"
"""The condition that somebody read a section in one of some languages, or in one that was not kept."""


async def note_read(tx: Transaction, participant_id: int, key: str, locale: str, now: datetime) -> None:
    """Store that a participant was shown a section now, in a language; delete the earlier answer about the section."""
    await tx.run(
        "INSERT INTO practical_readers (participant_id, section, locale, read_at)"
        " VALUES (:participant, :key, :locale, :now)"
        " ON CONFLICT (participant_id, section) DO UPDATE"
        " SET read_at = :now, locale = :locale, told = 0, answer = ''",
        participant=participant_id,
        key=key,
        locale=locale,
        now=to_micros(now),
    )


async def readers_to_tell(
    tx: Transaction, key: str, locales: Collection[str], now: datetime, *, but: int | None
) -> Collection[int]:
    """Return the participants who read a section within a day in one of these languages; mark them as notified.

    Participants who have been notified of a change since they read it are left out, and the participant with the id
    `but` (None for nobody).
    """
    found = await tx.values(
        int,
        "UPDATE practical_readers SET told = 1 WHERE section = :key AND read_at >= :since AND told = 0"
        f" AND {_IN_ONE_OF} AND participant_id <> :but RETURNING participant_id",
        key=key,
        locales=" ".join(locales),
        since=to_micros(now - READ_LATELY),
        but=but or 0,
    )
    return sorted(found)


async def count_readers(tx: Transaction, read: Mapping[str, Collection[str]], now: datetime, *, but: int) -> int:
    """Return how many participants would be notified of changes of sections, not counting the one with the id `but`.

    `read` maps the keys of the sections to the languages whose texts change (see `readers_to_tell`).
    """
    people: set[int] = set()
    for key, locales in read.items():
        if not locales:
            continue
        rows = await tx.all(
            "SELECT participant_id FROM practical_readers WHERE section = :key AND read_at >= :since AND told = 0"
            f" AND {_IN_ONE_OF} AND participant_id <> :but",
            key=key,
            locales=" ".join(locales),
            since=to_micros(now - READ_LATELY),
            but=but,
        )
        people |= {row["participant_id"] for row in rows}
    return len(people)


async def note_answer(tx: Transaction, participant_id: int, key: str, answer: Answer) -> bool:
    """Store whether a section answered a participant's question.

    Returns False, and stores nothing, if the participant said so before, or if it is no longer stored that the
    participant read the section.
    """
    return bool(
        await tx.run(
            "UPDATE practical_readers SET answer = :answer WHERE participant_id = :participant AND section = :key"
            " AND answer = ''",
            participant=participant_id,
            key=key,
            answer=answer,
        )
    )


# --- how much sections answered


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How often a section was offered as the answer to a question.

    `spared` is how often the section answered the question; `passed_on` is how often it did not, and the team was
    asked.
    """

    key: str
    offered: int
    spared: int
    passed_on: int


async def count_answer(tx: Transaction, key: str, *, offered: int = 0, spared: int = 0, passed_on: int = 0) -> None:
    """Add numbers to a section's counts of offers and answers (see `AnswerCount`)."""
    await tx.run(
        "INSERT INTO practical_counts (section, offered, spared, passed_on)"
        " VALUES (:key, :offered, :spared, :passed_on) ON CONFLICT (section) DO UPDATE SET"
        " offered = practical_counts.offered + :offered, spared = practical_counts.spared + :spared,"
        " passed_on = practical_counts.passed_on + :passed_on",
        key=key,
        offered=offered,
        spared=spared,
        passed_on=passed_on,
    )


async def answer_counts(tx: Transaction) -> Sequence[AnswerCount]:
    """Return the counts of all sections that were ever offered as an answer, removed ones included, sorted by key."""
    rows = await tx.all("SELECT section, offered, spared, passed_on FROM practical_counts")
    counts = [AnswerCount(row["section"], row["offered"], row["spared"], row["passed_on"]) for row in rows]
    return sorted(counts, key=lambda count: count.key)


async def count_self_answered(tx: Transaction) -> int:
    """Return how many questions were answered by sections instead of the team."""
    return await tx.value(int, "SELECT CAST(COALESCE(SUM(spared), 0) AS BIGINT) FROM practical_counts")


async def was_self_answered(tx: Transaction, since: datetime) -> bool:
    """Return whether a section answered anybody's question after `since`."""
    return await tx.exists(
        "SELECT 1 FROM practical_readers WHERE answer = 'yes' AND read_at > :since LIMIT 1", since=to_micros(since)
    )
