"""A phone's network between a browser and a server of pages: it can be cut, also in the midst of an answer."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self

_PIECE = 4096


class MobileNetwork:
    """Passes bytes between a port of this machine and a server's; use `async with`."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._left: int | None = None
        """How many bytes still pass before the network is cut; None for no end, 0 while it is cut."""
        self._lines: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._listening.close()
        self.cut()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    @property
    def root(self) -> str:
        """The address of the server by way of this network."""
        return f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """End all connections at once, and pass nothing."""
        self._left = 0
        for writer in self._writers:
            writer.transport.abort()

    def cut_after(self, count: int) -> None:
        """Cut the network once so many more bytes have passed, in both directions together."""
        self._left = count

    def mend(self) -> None:
        """Pass everything again."""
        self._left = None

    def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.create_task(self._carry(reader, writer))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)

    async def _carry(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        self._writers.add(to_phone)
        try:
            if self._left == 0:
                return
            server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
            self._writers.add(to_server)
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._pass(phone, to_server))
                    tasks.create_task(self._pass(server, to_phone))
            finally:
                self._writers.discard(to_server)
                to_server.transport.abort()
        finally:
            self._writers.discard(to_phone)
            to_phone.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_PIECE):
                if self._left is not None:
                    data = data[: self._left]
                    self._left -= len(data)
                writer.write(data)
                await writer.drain()
                if self._left == 0:
                    self.cut()
                    return
            writer.close()
