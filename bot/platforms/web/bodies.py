"""Reads the body of a posted form, and refuses any body that no browser sends."""

from __future__ import annotations

import asyncio
import re
from typing import Any, cast

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from multidict import CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy

from bot.content.forms import Upload
from bot.content.names import clean
from bot.files.uploads import received_file
from bot.platforms.untrusted import storable

Posted = MultiDictProxy[str | Upload]

SMALL = 200_000
"""A body of at most this many bytes is always read; a larger body may hold this many bytes of text."""
_PIECE = 65_536
_FIELDS = 1000
"""The most fields of one form; the longest choice has some dozens."""
_LINES = 10 * _FIELDS
"""The most lines between the parts of a form: borders, and headers of parts."""
_DISPOSITION = re.compile(r'form-data; ?name="([^"]*)"(?:; ?filename="([^"]*)")?')
"""The name of a part, as every browser writes it.

The library would split a file's name at its semicolons, and log warnings about odd headers in the sender's own words,
each of which Python's warnings remember for ever.
"""


class TooManyWords(Exception):
    """A form holds more text than is accepted, not counting its files."""


async def read_fields(request: web.Request) -> Posted:
    """Return the fields of a posted form.

    Raises HTTPBadRequest for a body that no browser sends, HTTPRequestEntityTooLarge, or TooManyWords.

    The library would decode text in any encoding that the sender names, some of which take minutes for a megabyte. Our
    pages are UTF-8, and so is what comes from them.
    """
    try:
        if (request.charset or "utf-8").lower() != "utf-8":
            raise ValueError("a form in another encoding")
        if request.content_type == "multipart/form-data":
            return MultiDictProxy(await _parts(request))
        fields = await request.post()
        return MultiDictProxy(
            MultiDict((storable(name), storable(value)) for name, value in fields.items() if isinstance(value, str))
        )
    except (web.HTTPException, TooManyWords):
        raise
    except Exception:  # noqa: BLE001 - the library raises whatever its decoders do
        raise web.HTTPBadRequest from None


class _Lines:
    """A body whose lines are counted: the library would read millions of lines in search of a border."""

    def __init__(self, content: StreamReader) -> None:
        self._content = content
        self._left = _LINES

    async def readline(self, **limits: int) -> bytes:
        """Return the next line. Raises ValueError for one too many."""
        self._left -= 1
        if self._left < 0:
            raise ValueError("more lines than a form has")
        return await self._content.readline(**limits)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)


class _Parts(MultipartReader):
    """The parts of a form. `name` and `filename` ('' for none) are those of the last part that was fetched."""

    name = filename = ""

    async def fetch_next_part(self) -> MultipartReader | BodyPartReader:
        """Return the next part, with the header removed that holds its name, so that the library does not parse it.

        Raises HTTPBadRequest for a part without a name, or with a header that no browser writes.
        """
        part = await super().fetch_next_part()
        disposition = _DISPOSITION.fullmatch(part.headers.get("Content-Disposition", ""))
        if disposition is None:
            raise web.HTTPBadRequest
        self.name, self.filename = storable(disposition[1]), disposition[2] or ""
        rest = [(name, value) for name, value in part.headers.items() if name.lower() != "content-disposition"]
        part.headers = CIMultiDictProxy(CIMultiDict(rest))
        return part


async def _parts(request: web.Request) -> MultiDict[str | Upload]:
    fields: MultiDict[str | Upload] = MultiDict()
    text_bytes, files = 0, False
    parts = _Parts(request.headers, cast("StreamReader", _Lines(request.content)))
    async for part in parts:
        if not isinstance(part, BodyPartReader) or len(fields) == _FIELDS:
            raise web.HTTPBadRequest
        if part.headers.get("Content-Transfer-Encoding", "binary").lower() not in {"binary", "8bit", "7bit"}:
            raise web.HTTPBadRequest
        content = bytearray()
        while piece := await part.read_chunk(_PIECE):
            content += piece
            text_bytes += 0 if parts.filename else len(piece)
            too_much = request.content.total_bytes > request.client_max_size
            files = files or bool(parts.filename)
            if text_bytes > SMALL or (too_much and not files):
                raise TooManyWords
            if too_much:
                raise web.HTTPRequestEntityTooLarge(request.client_max_size)
        if parts.filename:  # megabytes of photos lose their metadata in a thread
            upload = await asyncio.to_thread(received_file, clean(parts.filename), bytes(content))
            fields.add(parts.name, upload)
        else:
            fields.add(parts.name, storable(content.decode()))
    return fields
