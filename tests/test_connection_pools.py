"""Tests on PostgreSQL leave each other connections, and nothing else."""

from __future__ import annotations

import asyncio

from bot.database.engine import Transaction
from bot.database.opening import open_store
from tests.connection_pools import KeptPools


async def _backend(tx: Transaction) -> int:
    row = await tx.one("SELECT pg_backend_pid() AS pid")
    assert row is not None
    pid: int = row["pid"]
    return pid


def test_a_connection_is_kept_and_what_runs_on_is_ended(postgres_url: str, kept_pools: KeptPools) -> None:
    async def tidy() -> tuple[int, asyncio.Task[bool]]:
        forgotten = asyncio.create_task(asyncio.Event().wait())
        timers.append(asyncio.get_running_loop().call_later(60, int))
        await asyncio.to_thread(int)
        store = await open_store(postgres_url)
        pid = await store.read(_backend)
        await store.close()
        return pid, forgotten

    async def untidy() -> int:
        async def forever(tx: Transaction) -> None:
            used.set_result(await _backend(tx))
            await asyncio.Event().wait()

        used: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        store = await open_store(postgres_url)
        left.append(asyncio.create_task(store.transact(forever)))
        return await used

    def test() -> asyncio.Runner:
        return asyncio.Runner(loop_factory=lambda: kept_pools.loop)

    left: list[asyncio.Task[None]] = []
    timers: list[asyncio.TimerHandle] = []
    with test() as first:
        pid, forgotten = first.run(tidy())
    assert forgotten.cancelled()
    assert timers[0].cancelled()
    with test() as second:
        assert second.run(untidy()) == pid
    assert left[0].cancelled()
    kept_pools.settle()
    with test() as third:
        assert third.run(tidy())[0] != pid
