"""Runs the HTTP server of the program, which serves pages, receives Telegram's posts, or both."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.config.settings import Settings, WebSettings
from bot.content.errors import ConfigError
from bot.monitoring.namelessness import name_no_version
from bot.platforms.web.connections import Connections

log = structlog.get_logger()

_LARGEST_BODY = 1_000_000
_LAST_ANSWERS = 5.0
"""Seconds for which the end of the program waits for requests that are being answered."""


class _NoHttp(logging.Filter):
    """A filter that keeps invalid HTTP requests out of the log: they may contain a personal link with a typo."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True if a record is to be logged, False if it is about a request that is no valid HTTP."""
        return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


_server_log = logging.getLogger("aiohttp.server")
_server_log.addFilter(_NoHttp())


class HttpServer:
    """An HTTP server on the configured address. It listens while the block of `serving` runs."""

    def __init__(self, settings: Settings, middlewares: Sequence[Any] = (), largest_body: int = _LARGEST_BODY) -> None:
        """`largest_body` is the most bytes of a request's body, unless the route itself reads more."""
        self._settings = settings
        self.connections = Connections(settings.limits.connections)
        self.app = web.Application(
            client_max_size=largest_body, middlewares=[self.connections.middleware(), *middlewares]
        )
        """The application, to which routes are added before it serves."""
        self.address: tuple[str, int] | None = None
        """The host and the port on which the server listens, once it does."""
        self.listening = asyncio.Event()
        """Set while the server listens."""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen and answer requests inside the `async with` block.

        Raises ConfigError if the configured address can never be used.
        """
        name_no_version()
        # Compressed requests are refused, so that the library must not decompress them first.
        runner = web.AppRunner(
            self.app,
            access_log=None,
            shutdown_timeout=_LAST_ANSWERS,
            keepalive_timeout=self._settings.limits.headers,  # also for a request with incomplete headers
            auto_decompress=False,
            logger=_server_log,
        )
        await runner.setup()
        try:
            listening = await self._listen(runner)
            try:
                host, port, *_rest = listening.sockets[0].getsockname()
                self.address = (host, port)
                self.listening.set()
                log.info("web.serving", host=host, port=port)
                yield
            finally:
                await _end_listening(listening)
        finally:
            self.listening.clear()
            self.connections.end()
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> asyncio.Server:
        server, where = runner.server, self._settings.web
        assert server is not None
        try:
            return await asyncio.get_running_loop().create_server(
                self.connections.protocols(server), where.host, where.port
            )
        except OSError as error:
            why, remedy = why_not_listening(where, error)
            raise ConfigError(f"web: {why}: {remedy}.") from None


async def _end_listening(server: asyncio.Server) -> None:
    """Take no more connections, and close the server once asyncio has passed on those it has just taken.

    asyncio leaves a connection open for ever whose server is closed between these two steps
    (https://github.com/python/cpython/issues/109564).
    """
    loop = asyncio.get_running_loop()
    for listener in server.sockets:
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.remove_reader(listener)
    await asyncio.sleep(0)
    server.close()


def why_not_listening(settings: WebSettings, error: OSError) -> tuple[str, str]:
    """Return why the server cannot listen on its address, and the remedy; the attempt raised `error`."""
    match error.errno:
        case errno.EADDRINUSE:
            why, remedy = "another program is listening there", "stop it, or change web.port"
        case errno.EACCES:
            why, remedy = "this port needs special rights", "set web.port above 1023"
        case errno.EADDRNOTAVAIL:
            why, remedy = "this machine has no such address", "correct web.host"
        case _:
            why, remedy = error.strerror or str(error), "correct web.host and web.port"
    return f"cannot listen on {settings.host}:{settings.port}, {why}", remedy
