"""Converts formatted text to and from Telegram's entities, each of which formats a range of the text.

Positions in entities are counted in UTF-16 code units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from telegram import MessageEntity
from telegram.constants import MessageEntityDateTimeFormats, MessageEntityType

from bot.content.forms import Composition, Upload
from bot.content.markdown import body
from bot.content.platforms.telegram import units
from bot.content.texts import Run, Style

Json = dict[str, Any]

_TYPES: dict[Style, str] = {
    "italic": MessageEntityType.ITALIC,
    "underline": MessageEntityType.UNDERLINE,
    "strike": MessageEntityType.STRIKETHROUGH,
    "code": MessageEntityType.CODE,
    "spoiler": MessageEntityType.SPOILER,
    "quote": MessageEntityType.BLOCKQUOTE,
}
_STYLES: dict[str, Style] = {
    **{kind: style for style, kind in _TYPES.items()},
    MessageEntityType.PRE: "code",
    MessageEntityType.EXPANDABLE_BLOCKQUOTE: "quote",
}


def entities_of(run: Run, piece: str, offset: int) -> Iterator[Json]:
    """Yield the entities with which Telegram formats a piece of a run, a stretch of text in one style.

    `offset` is where the piece begins in the message, in UTF-16 code units.
    """
    position = {"offset": offset, "length": units(piece)}
    if not position["length"]:
        return
    if "quote" in run.styles:
        yield {"type": _TYPES["quote"], **position}
    if "code" in run.styles:
        yield {"type": _TYPES["code"], **position}  # Telegram allows no other entity within code
        return
    if run.strong:
        yield {"type": MessageEntityType.BOLD, **position}
    for style in sorted(run.styles - {"quote"}):
        yield {"type": _TYPES[style], **position}
    if run.chat_url:
        yield {"type": MessageEntityType.TEXT_LINK, "url": run.chat_url, **position}
    if run.moment:
        # Without a format the text stays as written (the venue's time), and a tap shows the reader's time.
        seconds = int(run.moment.instant.timestamp())
        live = {"date_time_format": MessageEntityDateTimeFormats.RELATIVE} if run.moment.style == "left" else {}
        yield {"type": MessageEntityType.DATE_TIME, "unix_time": seconds, **live, **position}


def merge_entities(text: str, entities: Sequence[Json]) -> list[Json]:
    """Return the entities with which Telegram formats a text, after merging adjacent entities of the same kind.

    Quotes and code are merged across lines too.
    """
    encoded = text.encode("utf-16-le", "surrogatepass")
    merged: list[Json] = []
    latest: dict[str, Json] = {}
    for entity in entities:
        before = latest.get(entity["type"])
        if before is not None:
            end = before["offset"] + before["length"]
            gap = encoded[2 * end : 2 * entity["offset"]].decode("utf-16-le", "surrogatepass")
            over_lines = entity["type"] in (_TYPES["quote"], _TYPES["code"]) and gap == "\n"
            if (gap == "" or over_lines) and _alike(before, entity):
                before["length"] = entity["offset"] + entity["length"] - before["offset"]
                continue
        latest[entity["type"]] = entity
        merged.append(entity)
    return merged


def _alike(one: Json, other: Json) -> bool:
    position = ("offset", "length")
    return {k: v for k, v in one.items() if k not in position} == {k: v for k, v in other.items() if k not in position}


def composed(text: str, entities: Sequence[MessageEntity], attachments: tuple[Upload, ...] = ()) -> Composition:
    """Return a message that a person wrote on Telegram, with its files and as much formatting as all platforms have."""
    return Composition(body(_runs(text, entities)), attachments)


def _runs(text: str, entities: Sequence[MessageEntity]) -> Iterator[Run]:
    encoded = text.encode("utf-16-le", "surrogatepass")
    edges = {0, len(encoded) // 2}
    for entity in entities:
        edges |= {entity.offset, entity.offset + entity.length}
    for start, end in pairwise(sorted(edges)):
        run = Run(encoded[2 * start : 2 * end].decode("utf-16-le", "replace"))
        for entity in entities:
            if entity.offset <= start and end <= entity.offset + entity.length:
                run = _within(run, entity, encoded)
        yield run


def _within(run: Run, entity: MessageEntity, encoded: bytes) -> Run:
    if entity.type == MessageEntityType.BOLD:
        return replace(run, strong=True)
    if entity.type == MessageEntityType.TEXT_LINK:
        return replace(run, url=entity.url)
    if entity.type == MessageEntityType.URL:
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        address = encoded[start:end].decode("utf-16-le", "replace")
        return replace(run, url=address if "://" in address else f"https://{address}")
    if style := _STYLES.get(entity.type):
        return replace(run, styles=run.styles | {style})
    return run
