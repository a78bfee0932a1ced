"""Two programs on one PostgreSQL server: what one commits wakes the other at once, lost connections included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import asyncpg
import pytest

from bot.background.wakeups import Wakeups
from bot.database.engine import Store, Transaction
from bot.database.opening import open_store
from bot.database.postgres import PostgresStore
from tests.relay import Relay


@dataclass
class Woken:
    """What a program was woken for."""

    ids: list[Collection[int] | None] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self, ids: Collection[int] | None) -> None:
        self.ids.append(ids)
        self.changed.set()

    async def next(self) -> Collection[int] | None:
        async with asyncio.timeout(10):
            await self.changed.wait()
        self.changed.clear()
        return self.ids[-1]


@dataclass
class Program:
    store: Store
    wakeups: Wakeups
    jobs: Woken
    pages: Woken


@asynccontextmanager
async def program(url: str) -> AsyncIterator[Program]:
    """A program that hears what others tell."""
    store = await open_store(url)
    wakeups, jobs, pages = Wakeups(store), Woken(), Woken()
    wakeups.on("leases", jobs.wake)
    wakeups.on("pages", pages.wake)
    running = asyncio.create_task(wakeups.run())
    await jobs.next()  # it looks once it is connected
    await pages.next()
    yield Program(store, wakeups, jobs, pages)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()


async def take_lease(tx: Transaction) -> None:
    await tx.run("INSERT INTO leases (name, holder, until) VALUES ('a', 'b', 1)")


async def test_a_commit_wakes_what_looks_at_the_table_in_every_program(postgres_url: str) -> None:
    async with program(postgres_url) as one, program(postgres_url) as other:
        await one.store.transact(take_lease)
        assert await one.jobs.next() is None
        assert await other.jobs.next() is None
        one.wakeups.tell("pages", 7, 12)
        assert await other.pages.next() == [7, 12]
        assert one.pages.ids == [None]  # who tells is not told


async def test_who_only_reads_wakes_nobody(postgres_url: str) -> None:
    async with program(postgres_url) as one, program(postgres_url) as other:
        await one.store.transact(lambda tx: tx.all("SELECT name FROM leases"))
        one.wakeups.tell("pages", 1)
        await other.pages.next()
        assert (one.jobs.ids, other.jobs.ids) == ([None], [None])


async def test_after_its_connection_was_lost_a_program_looks_at_everything(postgres_url: str) -> None:
    async with program(postgres_url) as one:
        assert one.store.pause(timedelta(seconds=5)) == timedelta(minutes=1)
        killer = await asyncpg.connect(postgres_url)
        await killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
        await killer.close()
        assert await one.jobs.next() is None
        assert await one.pages.next() is None
        await one.store.transact(take_lease)
        assert await one.jobs.next() is None


async def test_a_line_that_is_silent_when_something_is_told_is_given_up(postgres_url: str) -> None:
    async with Relay(postgres_url) as relay:
        store = await PostgresStore.open(relay.url, silence=0.2)
        wakeups, woken = Wakeups(store), Woken()
        wakeups.on("pages", woken.wake)
        running = asyncio.create_task(wakeups.run())
        await woken.next()
        relay.fall_silent()
        wakeups.tell("pages", 1)
        async with asyncio.timeout(10):
            await relay.hung_up.wait()
        relay.speak()
        await woken.next()
        assert woken.ids == [None, None], "it looks at everything, on a new connection"
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await store.close()


async def test_many_ids_are_told_in_several_texts(postgres_url: str) -> None:
    async with program(postgres_url) as one, program(postgres_url) as other:
        one.wakeups.tell("pages", *range(10**15, 10**15 + 1_000))
        ids: set[int] = set()
        while len(ids) < 1_000:
            await other.pages.next()
            ids = {number for told in other.pages.ids for number in told or ()}
        assert ids == {*range(10**15, 10**15 + 1_000)}


async def test_what_no_program_of_ours_told_breaks_nothing(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever may connect to the database can tell something."""
    async with program(postgres_url) as one:
        teller = await asyncpg.connect(postgres_url)
        for text in ("x  ", f"x pages {'9' * 5_000} -1 ² 7", "x there_is_none 1", "x \x01", "🦊"):
            await teller.execute("SELECT pg_notify('rencontres', $1)", text)
        await teller.execute("SELECT pg_notify('rencontres', 'x pages 12')")
        await teller.close()
        while await one.pages.next() != [12]:
            pass
        assert [7] in one.pages.ids
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("topic", ["leases", "pages"])
async def test_on_sqlite_nothing_is_told_and_parts_look_by_themselves(sqlite_url: str, topic: str) -> None:
    store = await open_store(sqlite_url)
    wakeups, woken = Wakeups(store), Woken()
    wakeups.on(topic, woken.wake)
    await store.transact(take_lease)
    wakeups.tell(topic, 1)
    await wakeups.run()
    assert woken.ids == []
    assert store.pause(timedelta(seconds=5)) == timedelta(seconds=5)
    await store.close()
