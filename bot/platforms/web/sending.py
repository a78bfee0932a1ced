"""Answers on their way to a browser: as fast as it reads, and given up where it does not.

A connection that is only closed keeps what nobody reads, in memory and as an open file, until the other side is gone.
So one that is given up is cut off.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import BinaryIO

from aiohttp import web

READ_WITHIN = 20.0
"""Seconds a browser may leave unread what it is sent."""
PIECE = 131_072
"""Bytes of a file that are in memory at a time."""
_SLOWEST = 20_000
"""Bytes a second with which an answer in one piece is read at least, after the time it has in any case."""


def _cut_off(request: web.Request) -> None:
    """Drop a connection with all that is still to be sent on it."""
    if request.transport is not None:
        request.transport.abort()


async def send(request: web.Request, response: web.Response) -> None:
    """Send an answer whole, unless the browser is away, or leaves it unread."""
    size = len(response.body) if isinstance(response.body, bytes) else 0
    try:
        async with asyncio.timeout(READ_WITHIN + size / _SLOWEST):
            await response.prepare(request)
            await response.write_eof()
    except ConnectionResetError:
        pass
    except TimeoutError:
        _cut_off(request)


async def send_piece(request: web.Request, response: web.StreamResponse, piece: bytes) -> None:
    """Send one piece of an answer that has begun.

    Raises ConnectionResetError for a browser that is away, or leaves it unread.
    """
    try:
        async with asyncio.timeout(READ_WITHIN):
            await response.write(piece)
    except TimeoutError:
        _cut_off(request)
        raise ConnectionResetError from None


async def send_file(
    request: web.Request, headers: dict[str, str], file: BinaryIO, size: int, begun: bytes
) -> web.StreamResponse:
    """Send a file of `size` bytes, of which `begun` was read already, a piece at a time; to who is away, no more."""
    response = web.StreamResponse(headers=headers)
    response.content_length = size
    with contextlib.suppress(ConnectionResetError):
        await response.prepare(request)
        piece = begun if request.method != "HEAD" else b""
        while piece:
            await send_piece(request, response, piece)
            piece = await asyncio.to_thread(file.read, PIECE)
    return response
