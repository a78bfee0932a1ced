"""A message as the outbox holds it: its structure as JSON, and apart from it the bytes of what it carries."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.texts import decode, encode
from bot.views import File, Picture, View, decode_view, encode_view

LARGEST_FILE = 10_000_000
"""Bytes that every platform takes."""


def pack(view: View) -> tuple[str, bytes | None]:
    """A view as the outbox stores it. Raises ValueError for a file too large, or a file and a picture together."""
    content: bytes | None = None
    stored = encode_view(replace(view, file=None, picture=None))
    if view.file and view.picture:
        raise ValueError("a message carries a file or a picture")
    if view.file:
        content = view.file.content
        stored["file"] = [view.file.name, view.file.media_type]
    elif view.picture:
        content = view.picture.content
        stored["picture"] = [view.picture.name, encode(view.picture.alt)]
    if content and len(content) > LARGEST_FILE:
        raise ValueError(f"a file of {len(content)} bytes does not reach every platform, at most {LARGEST_FILE} do")
    return json.dumps(stored, ensure_ascii=False), content


def unpack(content: str, carried: bytes | None) -> View:
    """The view behind what `pack` made."""
    stored = json.loads(content)
    view = decode_view(stored)
    match stored:
        case {"file": [name, media_type]} if carried is not None:
            return replace(view, file=File(name, carried, media_type))
        case {"picture": [name, alt]} if carried is not None:
            return replace(view, picture=Picture(carried, decode(alt), name))
    return view
