"""A line between programs and a PostgreSQL server, which can stop passing bytes without a word, or be cut."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

_PIECE = 65536


class Relay:
    """Passes bytes between connections to a port of this machine and the socket of a server; use `async with`.

    While it is `silent` it takes connections and passes nothing, in either direction, and ends nothing: neither end
    learns that the other is out of reach. What was sent meanwhile is passed afterwards.
    """

    def __init__(self, url: str) -> None:
        """`url` is the URL of a database on a server that listens on a socket of the file system."""
        (self._socket,) = Path(parse_qs(urlsplit(url).query)["host"][0]).glob(".s.PGSQL.*[0-9]")
        self._url = url
        self._passes = asyncio.Event()
        self._passes.set()
        self.hung_up = asyncio.Event()
        """Set once a client has ended a connection."""
        self._lines: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    @property
    def url(self) -> str:
        """The URL of the database by way of this line."""
        parts = urlsplit(self._url)
        port = self._server.sockets[0].getsockname()[1]
        return f"postgresql://{parts.netloc.partition('@')[0]}@127.0.0.1:{port}{parts.path}?sslmode=disable"

    def fall_silent(self) -> None:
        """Pass nothing any more."""
        self._passes.clear()

    def speak(self) -> None:
        """Pass everything again, first what was held back."""
        self._passes.set()

    def _connect(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        line = asyncio.create_task(self._carry(client, to_client))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)

    async def _carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Pass bytes between a client and the server until both have ended."""
        try:
            await self._passes.wait()
            server, to_server = await asyncio.open_unix_connection(str(self._socket))
        except OSError:  # it is down
            to_client.transport.abort()
            return
        sent: asyncio.Queue[bytes] = asyncio.Queue()
        answered: asyncio.Queue[bytes] = asyncio.Queue()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._take(client, sent, self.hung_up))
                tasks.create_task(self._give(sent, to_server))
                tasks.create_task(self._take(server, answered))
                tasks.create_task(self._give(answered, to_client))
        finally:
            to_client.transport.abort()
            to_server.transport.abort()

    async def _take(
        self, reader: asyncio.StreamReader, pieces: asyncio.Queue[bytes], ended: asyncio.Event | None = None
    ) -> None:
        """Read what one end sends until it ends, also while nothing is passed."""
        with contextlib.suppress(OSError):
            while data := await reader.read(_PIECE):
                pieces.put_nowait(data)
        pieces.put_nowait(b"")
        if ended:
            ended.set()

    async def _give(self, pieces: asyncio.Queue[bytes], writer: asyncio.StreamWriter) -> None:
        """Send what the other end sent, and then end."""
        with contextlib.suppress(OSError):
            while data := await pieces.get():
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        await self._passes.wait()
        writer.close()
