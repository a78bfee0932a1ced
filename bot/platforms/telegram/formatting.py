"""Formatting as Telegram has it: entities, counted in UTF-16 code units, read into runs and made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from telegram import MessageEntity
from telegram.constants import MessageEntityDateTimeFormats, MessageEntityType

from bot.content.forms import Composition, Upload
from bot.content.markdown import body
from bot.content.texts import Run, Style
from bot.platforms.telegram.features import units

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
    """The entities of a piece of a run that begins at `offset`."""
    place = {"offset": offset, "length": units(piece)}
    if not place["length"]:
        return
    if "quote" in run.styles:
        yield {"type": _TYPES["quote"], **place}
    if "code" in run.styles:
        yield {"type": _TYPES["code"], **place}  # Telegram lets nothing else be within
        return
    if run.strong:
        yield {"type": MessageEntityType.BOLD, **place}
    for style in sorted(run.styles - {"quote"}):
        yield {"type": _TYPES[style], **place}
    if run.url:
        yield {"type": MessageEntityType.TEXT_LINK, "url": run.url, **place}
    if run.moment:
        # Without a format of its own the words stay ours (the venue's time), and a tap shows the reader's.
        seconds = int(run.moment.instant.timestamp())
        live = {"date_time_format": MessageEntityDateTimeFormats.RELATIVE} if run.moment.style == "left" else {}
        yield {"type": MessageEntityType.DATE_TIME, "unix_time": seconds, **live, **place}


def joined(text: str, entities: Sequence[Json]) -> list[Json]:
    """The entities, those of one kind as one where they touch; a quote and code go on over the end of a line."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    made: list[Json] = []
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
        made.append(entity)
    return made


def _alike(one: Json, other: Json) -> bool:
    place = ("offset", "length")
    return {k: v for k, v in one.items() if k not in place} == {k: v for k, v in other.items() if k not in place}


def composed(text: str, entities: Sequence[MessageEntity], attachments: tuple[Upload, ...] = ()) -> Composition:
    """A message as it was sent, its formatting kept where every platform has the like."""
    return Composition(body(_runs(text, entities)), attachments)


def _runs(text: str, entities: Sequence[MessageEntity]) -> Iterator[Run]:
    encoded = text.encode("utf-16-le", "surrogatepass")
    edges = {0, len(encoded) // 2}
    for entity in entities:
        edges |= {entity.offset, entity.offset + entity.length}
    places = sorted(edges)
    for start, end in pairwise(places):
        words = encoded[2 * start : 2 * end].decode("utf-16-le", "replace")
        run = Run(words)
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
