"""Connections to the page, bounded: whoever opens many, or leaves them idle, keeps nobody else from being answered.

A program may open only so many files, and a connection is one. When as many are open as there may be, a new one takes
the place of the one that has been idle longest: without a request, or with half of one. Only where every connection
has a request under way is it told to come back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiohttp import web

RESERVED = 128
"""Files for everything else: the database, posts on their way to disk, the other platforms."""
_WANTED = 8_192
"""Files to ask the system for, where it lets a program have more than it gives it at first."""
_FEWEST = 32
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 14\r\n\r\nBusy. 5 s ...\n"
)


def affordable() -> int:
    """How many connections the system lets this program have, after asking it for more."""
    try:
        import resource
    except ImportError:  # Windows: no such limit
        return _WANTED
    now, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED if highest == resource.RLIM_INFINITY else min(_WANTED, highest)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, highest))
        now = wanted
    files = _WANTED if now == resource.RLIM_INFINITY else min(now, _WANTED)
    return max(files - RESERVED, _FEWEST)


class Connections:
    """The connections of one server, at most `most` at a time; half of them may be live pages."""

    def __init__(self, most: int) -> None:
        """`most`: 0 for what the system affords."""
        self.most = most or affordable()
        self._busy: set[asyncio.BaseProtocol] = set()
        self._half_read: dict[asyncio.Task[None], web.Request] = {}
        """Requests answered before all of their body had come, by the task of their connection, while it reads on."""

    @property
    def most_streams(self) -> int:
        """How many may stay open for a live page."""
        return max(self.most // 2, 1)

    def middleware(self) -> Any:
        """What notes which connections have a request under way."""

        @web.middleware
        async def note(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            self._busy.add(request.protocol)
            self._half_read.pop(request.task, None)
            try:
                return await handler(request)
            finally:
                self._busy.discard(request.protocol)
                if not request.content.is_eof():
                    self._half_read[request.task] = request
                    request.task.add_done_callback(lambda task: self._half_read.pop(task, None))

        return note

    def end(self) -> None:
        """Wait for no more of bodies that were answered already: the library would, for seconds, before it ends."""
        for request in self._half_read.values():
            request.protocol.close()  # what comes now is thrown away
            request.content.feed_eof()

    def protocols(self, server: web.Server) -> Callable[[], asyncio.Protocol]:
        """What makes a protocol for each new connection of a server."""

        def accept() -> asyncio.Protocol:
            if len(server.connections) >= self.most and not self._make_room(server):
                return _Full()
            return cast("asyncio.Protocol", server())

        return accept

    def _make_room(self, server: web.Server) -> bool:
        """End the connections that were idle longest, as many as are too many; whether that is enough."""
        present = [connection for connection in server.connections if connection.transport is not None]
        over = len(present) - self.most + 1
        idle = [each for each in present if each not in self._busy]
        for each in idle[: max(over, 0)]:
            # Only closed, it would stay open until somebody reads what was written to it: perhaps for ever.
            cast("asyncio.Transport", each.transport).abort()
            each.force_close()
        return len(idle) >= over


class _Full(asyncio.Protocol):
    """Says that there is no room, and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        writing = cast("asyncio.Transport", transport)
        writing.write(_FULL)
        writing.close()
