"""The SQL of the content of announcements: words by language, a link and files, stored once for all copies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.clock import from_micros, instant_or_none, to_micros
from bot.content.stored_texts import decode, encode
from bot.content.texts import Span, source_name
from bot.content.views import NOBODY, Attachment, File, Picture
from bot.database.engine import Row, Transaction
from bot.files.named_files import FileTable
from handlers.announcements.model import Kind

Lines = tuple[Span, ...]

ELSE = ""
"""The locale that stands for all readers whose language has no words of its own."""

FILES = FileTable(name="announcement_files", owner="announcement_id", held=True)
"""The table of the files of announcements; their content is in the database itself."""


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button below an announcement that opens an https address. `label` has at most 40 characters."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class CopiedContent:
    """The content of an announcement, which all its messages show, at its present `revision` (its version number).

    `words` are the lines by locale, under ELSE for all locales without words of their own. `corrected` is when the
    words were last corrected after the announcement had been sent, None for never.
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
        """Whether the announcement has words in any language."""
        return any(self.words.values())

    def lines(self, locale: str) -> Lines:
        """Return the words for readers with this locale: the ones in their language, or else the ones for everyone."""
        return self.words[locale] if locale in self.words else self.words.get(ELSE, ())


async def find_content(tx: Transaction, announcement_id: int) -> CopiedContent | None:
    """Return the content of an announcement, with its files; None if there is no such announcement."""
    words = await find_words(tx, announcement_id)
    if words is None:
        return None
    rows = await tx.all(
        "SELECT kind, name, media_type, alt, content FROM announcement_files WHERE announcement_id = :id"
        " ORDER BY position",
        id=announcement_id,
    )
    return replace(words, attachments=tuple(_attachment(row) for row in rows))


async def find_words(tx: Transaction, announcement_id: int) -> CopiedContent | None:
    """Return an announcement's content without its files, which may be large; None if there is no such announcement."""
    row = await tx.one(
        "SELECT id, kind, revision, content, asks_seen, deadline_at FROM announcements WHERE id = :id",
        id=announcement_id,
    )
    if row is None:
        return None
    stored = json.loads(row["content"])
    link = stored.get("link")
    return CopiedContent(
        row["id"],
        row["kind"],
        row["revision"],
        {locale: tuple(decode(line) for line in lines) for locale, lines in stored["words"].items()},
        LinkButton(*link) if link else None,
        bool(row["asks_seen"]),
        instant_or_none(row["deadline_at"]),
        corrected=from_micros(stored["corrected"]) if "corrected" in stored else None,
    )


async def file_kinds(tx: Transaction, announcement_id: int) -> Sequence[tuple[str, str, int]]:
    """Return the kind («picture» or «file»), name and size in bytes of each attachment, in order."""
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
    """Replace the words and the link of an announcement, and raise its revision (its version number).

    `words` holds lines by locale; `link` is None for no link button. `corrected` is when the words were last corrected
    after the announcement had been sent, None for never. Messages that were sent already are not edited by this
    function.
    """
    await tx.run(
        "UPDATE announcements SET content = :content, revision = revision + 1 WHERE id = :id",
        id=announcement_id,
        content=pack_words(words, link, corrected),
    )


async def put_files(tx: Transaction, announcement_id: int, attachments: Sequence[Attachment]) -> None:
    """Replace an announcement's attachments, and raise its revision (its version number)."""
    await tx.run("DELETE FROM announcement_files WHERE announcement_id = :id", id=announcement_id)
    await add_files(tx, announcement_id, attachments)
    await tx.run("UPDATE announcements SET revision = revision + 1 WHERE id = :id", id=announcement_id)


async def ask_for_seen(tx: Transaction, announcement_id: int, asks: bool) -> None:
    """Set whether an announcement has a button «Seen», with which readers confirm that they saw it (`asks`)."""
    await tx.run(
        "UPDATE announcements SET asks_seen = :asks, revision = revision + 1 WHERE id = :id",
        id=announcement_id,
        asks=int(asks),
    )


async def add_files(tx: Transaction, announcement_id: int, attachments: Sequence[Attachment]) -> None:
    """Add attachments to an announcement that has none yet."""
    await tx.many(
        "INSERT INTO announcement_files (announcement_id, position, kind, name, media_type, alt, content)"
        " VALUES (:id, :position, :kind, :name, :media_type, :alt, :content)",
        [
            {
                "id": announcement_id,
                "position": position,
                "kind": "picture" if isinstance(attachment, Picture) else "file",
                "name": source_name(attachment.name),
                "media_type": attachment.media_type,
                "alt": json.dumps(encode(attachment.alt), ensure_ascii=False)
                if isinstance(attachment, Picture)
                else "",
                "content": attachment.content,
            }
            for position, attachment in enumerate(attachments)
        ],
    )


def pack_words(words: Mapping[str, Lines], link: LinkButton | None, corrected: datetime | None = None) -> str:
    """Return the words of an announcement, by locale, as the JSON text that is stored.

    `link` is the announcement's link, None for none. `corrected` is when the announcement was corrected, None for
    never.
    """
    stored: dict[str, Any] = {"words": {locale: [encode(line) for line in lines] for locale, lines in words.items()}}
    if link:
        stored["link"] = [link.label, link.url]
    if corrected:
        stored["corrected"] = to_micros(corrected)
    return json.dumps(stored, ensure_ascii=False)


def _attachment(row: Row) -> Attachment:
    held = bytes(row["content"])
    if row["kind"] == "picture":
        return Picture(held, decode(json.loads(row["alt"])), row["name"], NOBODY)
    return File(row["name"], held, row["media_type"], NOBODY)
