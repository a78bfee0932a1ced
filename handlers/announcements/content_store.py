"""What announcements say and carry: words by language, a button, files, once whatever the number of copies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import from_micros, to_micros
from bot.content.stored_texts import decode, encode
from bot.content.texts import Span, source_name
from bot.content.views import Attachment, File, Picture
from bot.database.engine import Row, Transaction
from bot.files.named_files import FileTable
from handlers.announcements.model import Kind

Lines = tuple[Span, ...]

ELSE = ""
"""The locale of the words that everyone reads who has none of their own."""

FILES = FileTable(name="announcement_files", owner="announcement_id", held=True)
"""What hangs on announcements, in the database itself."""


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button that leads to an address: words (≤ 40 characters) and https address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Content:
    """What the copies of an announcement say at its present `revision`: lines by locale, ELSE for all other ones.

    `corrected` is when it was last made to say something else after it had left.
    """

    announcement_id: int
    kind: Kind
    revision: int
    words: Mapping[str, Lines]
    link: LinkButton | None
    asks_seen: bool
    deadline: datetime | None
    attachments: tuple[Attachment, ...] = ()
    corrected: datetime | None = None

    @property
    def has_words(self) -> bool:
        """Whether anything is said, in any language."""
        return any(self.words.values())

    def lines(self, locale: str) -> Lines:
        """The lines a reader of a locale gets."""
        return self.words[locale] if locale in self.words else self.words.get(ELSE, ())


async def content(tx: Transaction, announcement_id: int) -> Content | None:
    """What its copies say now, with the files; None where there is no such announcement."""
    found = await words(tx, announcement_id)
    if found is None:
        return None
    rows = await tx.all(
        "SELECT kind, name, media_type, alt, content FROM announcement_files WHERE announcement_id = :id"
        " ORDER BY position",
        id=announcement_id,
    )
    return Content(
        found.announcement_id,
        found.kind,
        found.revision,
        found.words,
        found.link,
        found.asks_seen,
        found.deadline,
        tuple(_attachment(row) for row in rows),
        found.corrected,
    )


async def words(tx: Transaction, announcement_id: int) -> Content | None:
    """The same without the files, which may be large."""
    row = await tx.one(
        "SELECT id, kind, revision, content, asks_seen, deadline_at FROM announcements WHERE id = :id",
        id=announcement_id,
    )
    if row is None:
        return None
    stored = json.loads(row["content"])
    link = stored.get("link")
    return Content(
        row["id"],
        row["kind"],
        row["revision"],
        {locale: tuple(decode(line) for line in lines) for locale, lines in stored["words"].items()},
        LinkButton(*link) if link else None,
        bool(row["asks_seen"]),
        from_micros(row["deadline_at"]) if row["deadline_at"] is not None else None,
        corrected=from_micros(stored["corrected"]) if "corrected" in stored else None,
    )


async def file_kinds(tx: Transaction, announcement_id: int) -> Sequence[tuple[str, str, int]]:
    """What hangs on it, in order: «picture» or «file», its name, its bytes."""
    rows = await tx.all(
        "SELECT kind, name, LENGTH(content) AS bytes FROM announcement_files WHERE announcement_id = :id"
        " ORDER BY position",
        id=announcement_id,
    )
    return [(row["kind"], row["name"], row["bytes"]) for row in rows]


async def put_words(
    tx: Transaction,
    announcement_id: int,
    words: Mapping[str, Lines],
    link: LinkButton | None,
    *,
    corrected: datetime | None = None,
) -> None:
    """Say something else: copies that arrived are to be edited (`copies.correct`), and say when it was `corrected`."""
    await tx.run(
        "UPDATE announcements SET content = :content, revision = revision + 1 WHERE id = :id",
        id=announcement_id,
        content=packed(words, link, corrected),
    )


async def put_files(tx: Transaction, announcement_id: int, attachments: Sequence[Attachment]) -> None:
    """Carry these, and nothing else."""
    await tx.run("DELETE FROM announcement_files WHERE announcement_id = :id", id=announcement_id)
    await hang(tx, announcement_id, attachments)
    await raise_revision(tx, announcement_id)


async def ask_for_seen(tx: Transaction, announcement_id: int, asks: bool) -> None:
    """Have its readers press «Seen», or not."""
    await tx.run(
        "UPDATE announcements SET asks_seen = :asks, revision = revision + 1 WHERE id = :id",
        id=announcement_id,
        asks=int(asks),
    )


async def raise_revision(tx: Transaction, announcement_id: int) -> None:
    """What it says is another thing from now on. Delivery knows the words by it: whatever changes them raises it."""
    await tx.run("UPDATE announcements SET revision = revision + 1 WHERE id = :id", id=announcement_id)


async def hang(tx: Transaction, announcement_id: int, attachments: Sequence[Attachment]) -> None:
    """Put files on an announcement that has none yet."""
    await tx.many(
        "INSERT INTO announcement_files (announcement_id, position, kind, name, media_type, alt, content)"
        " VALUES (:id, :position, :kind, :name, :media_type, :alt, :content)",
        [
            {
                "id": announcement_id,
                "position": position,
                "kind": "picture" if isinstance(each, Picture) else "file",
                "name": source_name(each.name),
                "media_type": each.media_type,
                "alt": json.dumps(encode(each.alt), ensure_ascii=False) if isinstance(each, Picture) else "",
                "content": each.content,
            }
            for position, each in enumerate(attachments)
        ],
    )


def packed(words: Mapping[str, Lines], link: LinkButton | None, corrected: datetime | None = None) -> str:
    """Words by locale, the button, and when they were corrected, as they are stored."""
    stored: dict[str, Any] = {"words": {locale: [encode(line) for line in lines] for locale, lines in words.items()}}
    if link:
        stored["link"] = [link.label, link.url]
    if corrected:
        stored["corrected"] = to_micros(corrected)
    return json.dumps(stored, ensure_ascii=False)


def _attachment(row: Row) -> Attachment:
    held = bytes(row["content"])
    if row["kind"] == "picture":
        return Picture(held, decode(json.loads(row["alt"])), row["name"])
    return File(row["name"], held, row["media_type"])
