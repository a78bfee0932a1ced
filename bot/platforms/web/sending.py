"""Sends responses to a browser as fast as it reads, and aborts the connection of a browser that does not read.

A connection that is merely closed keeps unread data in memory, and an open file, until the other side is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
from io import BytesIO

from aiohttp import web

from bot.files.stored_files import Files, OpenFile, in_thread
from bot.platforms.web.guard import attachment_headers

READ_WITHIN = 20.0
"""The seconds for which a browser may leave what it is sent unread, before the connection is aborted."""
PIECE = 131_072
"""How many bytes of a file are in memory at a time."""
_SLOWEST = 20_000
"""A browser must read a response that is sent whole at this many bytes a second, after READ_WITHIN."""


def _abort(request: web.Request) -> None:
    """Abort a connection, with all that is still to be sent on it."""
    if request.transport is not None:
        request.transport.abort()


async def send(request: web.Request, response: web.Response) -> None:
    """Send a whole response to a browser; stop without an error if the browser disconnects or does not read."""
    size = len(response.body) if isinstance(response.body, bytes) else 0
    if size > 1_000:
        # Its length tells no secrets: other sites load no page with the session, and random tokens change it.
        response.enable_compression()
    try:
        async with asyncio.timeout(READ_WITHIN + size / _SLOWEST):
            await response.prepare(request)
            await response.write_eof()
    except ConnectionResetError:
        pass
    except TimeoutError:
        _abort(request)


async def send_piece(request: web.Request, response: web.StreamResponse, piece: bytes) -> None:
    """Send to a browser one piece of a response that has already begun.

    Raises ConnectionResetError if the browser has disconnected or does not read.
    """
    try:
        async with asyncio.timeout(READ_WITHIN):
            await response.write(piece)
    except TimeoutError:
        _abort(request)
        raise ConnectionResetError from None


async def send_file(
    request: web.Request, headers: dict[str, str], file: OpenFile, size: int, first: bytes
) -> web.StreamResponse:
    """Send a file of `size` bytes in pieces.

    Stops without an error if the browser disconnects or the file disappears. `first` is the first piece, which was
    already read; `file` continues after it.
    """
    response = web.StreamResponse(headers=headers)
    response.content_length = size
    with contextlib.suppress(ConnectionResetError):
        await response.prepare(request)
        piece = first if request.method != "HEAD" else b""
        while piece:
            await send_piece(request, response, piece)
            try:
                piece = await in_thread(file.read, PIECE)
            except OSError:  # the browser notices that the file is incomplete
                _abort(request)
                break
    return response


async def send_stored(
    request: web.Request,
    files: Files,
    digest: str,
    name: str,
    content: bytes = b"",
    *,
    shown: bool,
    kept: str = "no-store",
) -> web.StreamResponse:
    """Send the stored file with a digest, or the bytes `content` if the digest is ''.

    With `shown`, a picture is shown in the page; anything else is a download. `kept` is the header `Cache-Control`,
    which says for how long a browser keeps the file. Raises HTTPNotFound if there is no such file.
    """

    def opened() -> tuple[OpenFile, int, bytes]:
        file, size = files.open(digest) if digest else (BytesIO(content), len(content))
        return file, size, file.read(PIECE)

    try:
        file, size, first = await in_thread(opened)
    except FileNotFoundError:  # the files were not restored with the database
        raise web.HTTPNotFound from None
    with contextlib.closing(file):
        headers = {**attachment_headers(name, first, shown=shown), "Cache-Control": kept}
        return await send_file(request, headers, file, size, first)
