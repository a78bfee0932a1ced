"""Limits the connections to an HTTP server, so that many open or idle ones do not prevent others from being answered.

A program may open a limited number of files, and a connection counts as one. When the limit is reached, a new
connection replaces the one that has been idle longest (without a request, or with an incomplete one), or else one on
which somebody who is not known sends a form slowly. If every connection has a request that is being answered, the new
one is refused, with the advice to try again later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

import structlog
from aiohttp import web

log = structlog.get_logger()

KNOWN = web.RequestKey("known", bool)
"""The key under which True is stored in a request while its body arrives, if its sender is known."""
RESERVED = 128
"""How many of the files that the program may open are kept for the database, posted files and other platforms."""
_MOST = 16_384
"""How many connections there are at most, also where the system allows more: each takes some 10 KiB of memory."""
_FEWEST = 32
_NEARLY_ALL = 0.9
"""The share of all connections that must be in use for the log to say that connections become scarce."""
_SAID_EVERY = 3600.0
"""The seconds after which the log says again that connections are scarce."""
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 14\r\n\r\nBusy. 5 s ...\n"
)


def affordable() -> int:
    """Return how many connections the system allows this program to have at a time.

    First, this asks the system to raise the limit as far as possible.
    """
    try:
        import resource
    except ImportError:  # Windows: no such limit
        return _MOST
    now, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST + RESERVED
    if highest != resource.RLIM_INFINITY:
        wanted = min(wanted, highest)
    if now != resource.RLIM_INFINITY and now < wanted:
        with suppress(ValueError, OSError):  # raising it may be forbidden, or the system has another limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, highest))
        now, _highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = wanted if now == resource.RLIM_INFINITY else now
    return max(min(files - RESERVED, _MOST), _FEWEST)


class Connections:
    """Limits the connections of one HTTP server to `most` at a time.

    Up to half of them may be event streams, through which open pages are notified of changes.
    """

    def __init__(self, most: int) -> None:
        """`most` is the limit of connections; with 0 it is what the system allows."""
        self.most = most or affordable()
        self._said_at = -_SAID_EVERY
        self._busy: dict[asyncio.BaseProtocol, web.Request] = {}
        self._half_read: dict[asyncio.Task[None], web.Request] = {}
        """Requests answered before their whole body had come, by the task of their connection, which reads the rest."""

    @property
    def most_streams(self) -> int:
        """Return how many of the connections may be event streams, which notify open pages of changes."""
        return max(self.most // 2, 1)

    def middleware(self) -> Any:
        """Return the aiohttp middleware that records on which connections a request is being answered."""

        @web.middleware
        async def note(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            self._busy[request.protocol] = request
            self._half_read.pop(request.task, None)
            try:
                return await handler(request)
            finally:
                self._busy.pop(request.protocol, None)
                if not request.content.is_eof():
                    self._half_read[request.task] = request
                    request.task.add_done_callback(lambda task: self._half_read.pop(task, None))

        return note

    def end(self) -> None:
        """Stop reading the bodies of requests that were already answered, so that aiohttp does not wait for them."""
        for request in self._half_read.values():
            request.protocol.close()  # the rest of the body is discarded
            request.content.feed_eof()

    def protocols(self, server: web.Server) -> Callable[[], asyncio.Protocol]:
        """Return the function that creates an asyncio protocol for each new connection of a server.

        If there is no room for the connection, this protocol refuses it.
        """

        def accept() -> asyncio.Protocol:
            count = len(server.connections)
            if count >= _NEARLY_ALL * self.most:
                self._say_scarce(count)
            if count >= self.most and not self._make_room(server):
                return _Full()
            return cast("asyncio.Protocol", server())

        return accept

    def _say_scarce(self, count: int) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._said_at >= _SAID_EVERY:
            self._said_at = now
            log.warning("web.connections_scarce", open=count, busy=len(self._busy), most=self.most)

    def _make_room(self, server: web.Server) -> bool:
        """Abort the oldest idle connections until there is room for one, then those on which a stranger sends slowly.

        Returns False if there is none.
        """
        present = [connection for connection in server.connections if connection.transport is not None]
        over = len(present) - self.most + 1
        idle = [connection for connection in present if connection not in self._busy]
        idle += [connection for connection in present if self._awaits_stranger(connection)]
        for connection in idle[: max(over, 0)]:
            # If only closed, it would stay open until the browser reads what was written to it, perhaps for ever.
            cast("asyncio.Transport", connection.transport).abort()
            connection.force_close()
        return len(idle) >= over

    def _awaits_stranger(self, connection: asyncio.BaseProtocol) -> bool:
        """Return whether a connection has a request whose body has not come yet, from nobody that is known.

        What comes from somebody who is known is limited already (`bot.platforms.web.turns`).
        """
        request = self._busy.get(connection)
        return request is not None and not request.content.is_eof() and not request.get(KNOWN)


class _Full(asyncio.Protocol):
    """Answers a connection that there is no room, and closes it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        writing = cast("asyncio.Transport", transport)
        writing.write(_FULL)
        writing.close()
