"""What a worker keeps open from one test on PostgreSQL to the next: an event loop, and connections in it.

A connection belongs to the loop it was made in, and a new one knows no table and has planned no statement: that took
longer than most tests. SQLite's half of the tests has a new loop and a new connection each time, as programs have.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

_open_pool = asyncpg.create_pool
_CONNECTIONS = 90  # of the 100 the server takes
_NEW = 10  # that a test may open besides


class KeptLoop(asyncio.SelectorEventLoop):
    """A loop that ends like any other, tasks, generators and threads with it, and can be run again."""

    _scheduled: list[asyncio.TimerHandle]

    async def shutdown_asyncgens(self) -> None:
        await super().shutdown_asyncgens()
        self._asyncgens_shutdown_called = False

    async def shutdown_default_executor(self, *args: Any) -> None:
        await super().shutdown_default_executor(*args)
        self._default_executor = None
        self._executor_shutdown_called = False

    def close(self) -> None:
        """Forget how errors were handled and what was to be done later, and stay open for the next test."""
        self.set_exception_handler(None)
        for timer in [*self._scheduled]:  # it would go off in a later test, or as the loop ends for good
            timer.cancel()

    def end(self) -> None:
        """Close for good."""
        super().close()


class LentPool:
    """A pool for one store, which closes it like its own: it stays open for the next."""

    def __init__(self, kept: KeptPools, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._kept = kept
        self._pool = pool
        self._taken = 0
        self._released = asyncio.Condition()
        self._closed = False

    async def acquire(self, *, timeout: float | None = None) -> PoolConnectionProxy[asyncpg.Record]:
        if self._closed:
            raise asyncpg.InterfaceError("pool is closed")
        self._taken += 1
        try:
            return await self._pool.acquire(timeout=timeout)
        except BaseException:
            self._taken -= 1
            raise

    async def release(self, connection: PoolConnectionProxy[asyncpg.Record]) -> None:
        try:
            await self._pool.release(connection)
        finally:
            self._taken -= 1
            async with self._released:
                self._released.notify_all()

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        async with self._released:
            await self._released.wait_for(lambda: not self._taken)
        await self._kept.take_back(self)


class KeptPools:
    """The pools of one database, by how they were asked for."""

    def __init__(self, url: str) -> None:
        self.loop = KeptLoop()
        self._url = url
        self._share = _CONNECTIONS // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) - _NEW
        self._idle: defaultdict[str, list[asyncpg.Pool[asyncpg.Record]]] = defaultdict(list)
        self._lent: dict[LentPool, tuple[str, asyncpg.Pool[asyncpg.Record]]] = {}

    async def create_pool(self, url: str, **settings: Any) -> LentPool | asyncpg.Pool[asyncpg.Record]:
        """What asyncpg.create_pool does; for our database in our loop, a pool that another test opened."""
        if url != self._url or asyncio.get_running_loop() is not self.loop:
            return await _open_pool(url, **settings)
        asked = repr(sorted(settings.items()))
        pool = self._idle[asked].pop() if self._idle[asked] else await _open_pool(url, **settings)
        lent = LentPool(self, pool)
        self._lent[lent] = asked, pool
        return lent

    async def take_back(self, lent: LentPool) -> None:
        """Keep what a store is done with, unless this worker has its share of the server's connections."""
        asked, pool = self._lent.pop(lent)
        if pool.get_size() + sum(other.get_size() for pools in self._idle.values() for other in pools) > self._share:
            await pool.close()
        else:
            self._idle[asked].append(pool)

    def settle(self) -> None:
        """After a test: what it did not close may be in the midst of something, and is kept no longer."""
        for _, pool in self._lent.values():
            pool.terminate()
        self._lent.clear()

    def end(self) -> None:
        """Hang up."""
        self.settle()
        for pools in self._idle.values():
            for pool in pools:
                pool.terminate()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.end()
