"""Converts messages for storage and back: their structure as JSON, and the bytes of their attachments.

The bytes of several attachments are stored one after the other; the JSON has the length of each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.content.features import fits_everywhere
from bot.content.stored_texts import decode, encode
from bot.content.views import Attachment, File, Picture, View, decode_view, encode_view

LARGEST_FILE = fits_everywhere(lambda platform: platform.largest_file)
"""The most bytes in one attachment, the lowest limit of all platforms."""


def pack(view: View) -> tuple[str, bytes | None]:
    """Return a message as it is stored: a JSON text, and the bytes of its attachments (None without attachments).

    Raises ValueError if a file is larger than some platform accepts.
    """
    stored = encode_view(replace(view, attachments=()))
    if not view.attachments:
        return json.dumps(stored, ensure_ascii=False), None
    for attachment in view.attachments:
        if (size := len(attachment.content)) > LARGEST_FILE:
            raise ValueError(f"a file of {size} bytes does not reach every platform, at most {LARGEST_FILE} do")
    stored["attachments"] = [_described(attachment) for attachment in view.attachments]
    return json.dumps(stored, ensure_ascii=False), b"".join(attachment.content for attachment in view.attachments)


def unpack(content: str, carried: bytes | None) -> View:
    """Return the message that was stored as `content`, a JSON text, and `carried`, the bytes of its attachments.

    `carried` is None for a message without attachments.
    """
    stored = json.loads(content)
    view = decode_view(stored)
    return view if carried is None else replace(view, attachments=tuple(_attachments(stored, carried)))


def _described(attachment: Attachment) -> list[Any]:
    named = sorted(attachment.named) if attachment.named is not None else None
    if isinstance(attachment, Picture):
        return ["picture", encode(attachment.name), encode(attachment.alt), len(attachment.content), named]
    return [
        "file",
        encode(attachment.name),
        attachment.media_type,
        len(attachment.content),
        named,
        attachment.made_from,
    ]


def _attachments(stored: dict[str, Any], carried: bytes) -> Iterator[Attachment]:
    match stored:  # rows of earlier versions carry one thing
        case {"file": [name, media_type]}:
            yield File(name, carried, media_type)
        case {"picture": [name, alt]}:
            yield Picture(carried, decode(alt), name)
    start = 0
    for kind, name, about, length, *whom in stored.get("attachments", ()):
        part = carried[start : start + length]
        named = frozenset(whom[0]) if whom and whom[0] is not None else None
        if kind == "picture":
            yield Picture(part, decode(about), decode(name), named)
        else:
            yield File(decode(name), part, about, named, whom[1] if len(whom) > 1 else "")
        start += length
