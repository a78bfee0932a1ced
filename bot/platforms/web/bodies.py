"""Reads the body of a posted form, and refuses any body that no browser sends.

A form is received first: its files are stored on the disk as they arrive, so a browser that takes minutes to send them
costs no memory. When the whole form has arrived, they are read, and their metadata removed.
"""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any, Self, cast

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from multidict import CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy

from bot.content.forms import Upload
from bot.content.names import clean
from bot.files.uploads import received_file
from bot.platforms.untrusted import storable

Posted = MultiDictProxy[str | Upload]

SMALL = 200_000
"""A body of at most this many bytes is always read; of a larger body, at most this many bytes may be text."""
_PIECE = 65_536
_FIELDS = 500
"""The most fields of one form; the longest choice has some dozens. The library takes a tenth of a ms for each."""
_LINES = 10 * _FIELDS
"""The most lines between the parts of a form: borders, and headers of parts."""
_DISPOSITION = re.compile(r'form-data; ?name="([^"]*)"(?:; ?filename="([^"]*)")?')
"""The name of a part, as every browser writes it.

The library would split a file's name at its semicolons, and log warnings about odd headers in the sender's own words,
each of which Python's warnings remember for ever.
"""


class TooManyWords(Exception):
    """The error that a form contains more text than the server accepts; its files do not count."""


class NotKept(Exception):
    """The error that the arriving files of a form cannot be stored, because the disk is full or fails."""


class DiskRoom:
    """The bytes on the disk that are left for the files of arriving forms, for all forms together."""

    def __init__(self, most: int) -> None:
        self.left = most


class FormFiles:
    """The place for the files of one form while it arrives.

    Small files are in memory, others in a nameless file on the disk. They are deleted when the `with` block ends, or
    when the program ends.
    """

    def __init__(self, room: DiskRoom, *, beyond: bool = False) -> None:
        """With `beyond`, the files are accepted even if there is no `room` left."""
        self._file = SpooledTemporaryFile(SMALL, dir=_folder())  # noqa: SIM115 - closed when the block ends
        self._room = room
        self._beyond = beyond
        self.end = 0
        """How many bytes have arrived."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._room.left += self.end
        self._file.close()

    async def add(self, piece: bytes) -> None:
        """Append bytes of an arriving file. Raises NotKept if the disk is full or fails."""
        if self._room.left < len(piece) and not self._beyond:
            raise NotKept("no room is left")
        self._room.left -= len(piece)
        self.end += len(piece)
        try:
            await asyncio.to_thread(self._file.write, piece)
        except OSError as error:
            raise NotKept(error.strerror) from error

    def read(self, begin: int, end: int) -> bytes:
        """Return the bytes from `begin` to `end`, counted over all files of the form. This may wait for the disk."""
        self._file.seek(begin)
        return self._file.read(end - begin)


def _folder() -> str | None:
    """Return the folder for what lies on the disk for a moment; None for the system's own.

    /tmp is in memory on many systems, /var/tmp never is.
    """
    return "/var/tmp" if "TMPDIR" not in os.environ and os.access("/var/tmp", os.W_OK) else None  # noqa: S108 - no name


@dataclass(frozen=True, slots=True)
class _Lying:
    """A file that has come: its name, and between which positions of the form's place it lies."""

    name: str
    begin: int
    end: int


class ReceivedForm:
    """A form that has arrived completely, but whose files were not opened yet."""

    def __init__(self, fields: MultiDict[str | _Lying], place: FormFiles) -> None:
        self._fields = fields
        self._place = place

    async def opened(self) -> Posted:
        """Return the fields of the form; its files are read into memory, and lose their metadata."""
        fields: MultiDict[str | Upload] = MultiDict()
        for name, value in self._fields.items():  # megabytes of photos lose their metadata in a thread
            fields.add(name, value if isinstance(value, str) else await asyncio.to_thread(self._upload, value))
        return MultiDictProxy(fields)

    def _upload(self, lying: _Lying) -> Upload:
        return received_file(clean(lying.name), self._place.read(lying.begin, lying.end))


async def read_fields(request: web.Request) -> Posted:
    """Return the fields of a posted form that is small.

    Raises HTTPBadRequest for a body that no browser sends, HTTPRequestEntityTooLarge for too large a body, and
    TooManyWords for too much text.
    """
    with FormFiles(DiskRoom(request.client_max_size)) as place:
        return await (await receive(request, place)).opened()


async def receive(request: web.Request, place: FormFiles) -> ReceivedForm:
    """Return a posted form after all of it has arrived, with its files stored in `place`.

    All text is read as UTF-8, as our pages send it: aiohttp would decode any encoding that the sender names, and some
    encodings take minutes for a megabyte. Raises HTTPBadRequest for a body that no browser sends,
    HTTPRequestEntityTooLarge for too large a body, TooManyWords for too much text, and NotKept if the disk is full or
    fails.
    """
    try:
        if (request.charset or "utf-8").lower() != "utf-8":
            raise ValueError("a form in another encoding")
        if request.content_type == "multipart/form-data":
            return ReceivedForm(await _parts(request, place), place)
        fields = await request.post()
        texts = ((storable(name), storable(value)) for name, value in fields.items() if isinstance(value, str))
        return ReceivedForm(MultiDict(texts), place)
    except (web.HTTPException, TooManyWords, NotKept):
        raise
    except Exception:  # noqa: BLE001 - the library raises whatever its decoders do
        raise web.HTTPBadRequest from None


class _Lines:
    """A body whose lines are counted: the library would read millions of lines in search of a border."""

    def __init__(self, content: StreamReader) -> None:
        self._content = content
        self._left = _LINES

    async def readline(self, **limits: int) -> bytes:
        """Return the next line of the headers. Raises ValueError if there are too many lines."""
        self._left -= 1
        if self._left < 0:
            raise ValueError("more lines than a form has")
        return await self._content.readline(**limits)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)


class _Parts(MultipartReader):
    """The parts of a form. `name` and `filename` ('' for none) describe the last part that was fetched."""

    name = filename = ""

    async def fetch_next_part(self) -> MultipartReader | BodyPartReader:
        """Return the next part of the form, without the header that has its name.

        Without this header, aiohttp does not parse the name again. Raises HTTPBadRequest for a part without a name, or
        with a header that no browser sends.
        """
        part = await super().fetch_next_part()
        disposition = _DISPOSITION.fullmatch(part.headers.get("Content-Disposition", ""))
        if disposition is None:
            raise web.HTTPBadRequest
        self.name, self.filename = storable(disposition[1]), disposition[2] or ""
        rest = [(name, value) for name, value in part.headers.items() if name.lower() != "content-disposition"]
        part.headers = CIMultiDictProxy(CIMultiDict(rest))
        return part


async def _parts(request: web.Request, place: FormFiles) -> MultiDict[str | _Lying]:
    fields: MultiDict[str | _Lying] = MultiDict()
    text_bytes, files = 0, False
    parts = _Parts(request.headers, cast("StreamReader", _Lines(request.content)))
    async for part in parts:
        if not isinstance(part, BodyPartReader) or len(fields) == _FIELDS:
            raise web.HTTPBadRequest
        if part.headers.get("Content-Transfer-Encoding", "binary").lower() not in {"binary", "8bit", "7bit"}:
            raise web.HTTPBadRequest
        text, begin = bytearray(), place.end
        while piece := await part.read_chunk(_PIECE):
            text_bytes += 0 if parts.filename else len(piece)
            too_much = request.content.total_bytes > request.client_max_size
            files = files or bool(parts.filename)
            if text_bytes > SMALL or (too_much and not files):
                raise TooManyWords
            if too_much:
                raise web.HTTPRequestEntityTooLarge(request.client_max_size)
            if parts.filename:
                await place.add(piece)
            else:
                text += piece
        await asyncio.sleep(0)  # they may all be here at once, and nothing else would let others take their turn
        fields.add(parts.name, _Lying(parts.filename, begin, place.end) if parts.filename else storable(text.decode()))
    return fields
