"""The body of a posted form, whatever it is: read as what a browser sends, or refused."""

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
"""Bytes of a body that is always read, and of all words in a larger one: a form holds some thousand characters,
and each of them is looked at."""
_PIECE = 65_536
_FIELDS = 1000
"""Of one form; the longest choice has some dozens."""
_LINES = 10 * _FIELDS
"""Between the parts of a form: borders, and the heads of parts."""
_CALLED = re.compile(r'form-data; ?name="([^"]*)"(?:; ?filename="([^"]*)")?')
"""What a part is called, as every browser writes it. The library would split a file's name at its semicolons, and warn
of what else is odd in a head, in the log: in its sender's own words, each of which Python remembers for ever."""


class TooManyWords(Exception):
    """A form holds more words than are read, whatever its files."""


async def posted(request: web.Request) -> Posted:
    """The fields of a form.

    Raises HTTPBadRequest for what no browser sends, HTTPRequestEntityTooLarge for too much, TooManyWords.

    The library would decode text in any encoding that the sender names, some of which take minutes for a megabyte: our
    pages are UTF-8, so what comes from them is.
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
    """A body whose lines are counted: the library would pass over millions of them, each at its price, for a border."""

    def __init__(self, content: StreamReader) -> None:
        self._content = content
        self._left = _LINES

    async def readline(self, **limits: int) -> bytes:
        """The next line. Raises ValueError for one too many."""
        self._left -= 1
        if self._left < 0:
            raise ValueError("more lines than a form has")
        return await self._content.readline(**limits)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)


class _Parts(MultipartReader):
    """The parts of a form. `name` and `filename` ('' for none) are what the last one is called."""

    name = filename = ""

    async def fetch_next_part(self) -> MultipartReader | BodyPartReader:
        """The next part, its name taken out of its head, where the library would look for it.

        Raises HTTPBadRequest for one without a name, or called as no browser calls it.
        """
        part = await super().fetch_next_part()
        called = _CALLED.fullmatch(part.headers.get("Content-Disposition", ""))
        if called is None:
            raise web.HTTPBadRequest
        self.name, self.filename = storable(called[1]), called[2] or ""
        rest = [(name, value) for name, value in part.headers.items() if name.lower() != "content-disposition"]
        part.headers = CIMultiDictProxy(CIMultiDict(rest))
        return part


async def _parts(request: web.Request) -> MultiDict[str | Upload]:
    fields: MultiDict[str | Upload] = MultiDict()
    words, files = 0, False
    parts = _Parts(request.headers, cast("StreamReader", _Lines(request.content)))
    async for part in parts:
        if not isinstance(part, BodyPartReader) or len(fields) == _FIELDS:
            raise web.HTTPBadRequest
        if part.headers.get("Content-Transfer-Encoding", "binary").lower() not in {"binary", "8bit", "7bit"}:
            raise web.HTTPBadRequest
        content = bytearray()
        while piece := await part.read_chunk(_PIECE):
            content += piece
            words += 0 if parts.filename else len(piece)
            too_much = request.content.total_bytes > request.client_max_size
            files = files or bool(parts.filename)
            if words > SMALL or (too_much and not files):
                raise TooManyWords
            if too_much:
                raise web.HTTPRequestEntityTooLarge(request.client_max_size)
        if parts.filename:  # megabytes of photos lose their metadata in a thread
            upload = await asyncio.to_thread(received_file, clean(parts.filename), bytes(content))
            fields.add(parts.name, upload)
        else:
            fields.add(parts.name, storable(content.decode()))
    return fields
