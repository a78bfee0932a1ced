"""One program at a time, and another where it ends."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import pytest

from bot.background import lease_store
from bot.background.leases import LeaseLost, lease, running
from bot.clock import SystemClock, to_micros
from bot.database import postgres_sessions
from bot.database.engine import Store
from bot.database.opening import open_store
from bot.database.postgres_sessions import locked
from tests.delivery.rig import Rig
from tests.world import START


@pytest.fixture
def rig(store: Store) -> Rig:
    return Rig(store)


@asynccontextmanager
async def program(rig: Rig, diary: list[str], name: str) -> AsyncIterator[asyncio.Event]:
    """A program that does the task until the event is set or its lease is lost, and writes down which."""
    enough = asyncio.Event()

    async def run() -> None:
        try:
            async with lease(rig.store, rig.clock, name="task", holder=name):
                diary.append(f"{name} begins")
                await enough.wait()
                diary.append(f"{name} ends")
        except LeaseLost:
            diary.append(f"{name} lost it")

    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(run())
        await rig.passes()
        yield enough
        running.cancel()


async def holder_is(rig: Rig, holder: str) -> None:
    """The lease is someone's who will not be heard of again."""
    await rig.run(
        "INSERT INTO leases (name, holder, until) VALUES ('task', :holder, :until)",
        holder=holder,
        until=to_micros(START) + 30_000_000,
    )


async def our_place(rig: Rig) -> str:
    """How a lease names the machine it is held on."""
    async with lease(rig.store, rig.clock, name="place"):
        (row,) = await rig.store.read(lambda tx: tx.all("SELECT holder FROM leases WHERE name = 'place'"))
    return str(row["holder"]).partition("/")[0]


async def test_it_is_renewed_and_waited_for_by_a_clock_that_moves(store: Store) -> None:
    rig, diary = Rig(store, moving=True), list[str]()
    async with program(rig, diary, "first"), program(rig, diary, "second"):
        assert await rig.rests()
        assert diary == ["first begins"]


async def test_the_second_waits_for_the_first_to_end(rig: Rig) -> None:
    diary: list[str] = []
    async with program(rig, diary, "first") as enough, program(rig, diary, "second"):
        await rig.passes(300)
        assert diary == ["first begins"]
        enough.set()
        await rig.passes(5)
        assert diary == ["first begins", "first ends", "second begins"]


async def test_it_is_let_go_of_when_the_program_is_told_to_stop(rig: Rig) -> None:
    diary: list[str] = []
    async with program(rig, diary, "first"):
        pass
    async with program(rig, diary, "second"):
        assert diary == ["first begins", "second begins"]


async def test_a_holder_that_gives_no_sign_is_followed_when_its_lease_runs_out(rig: Rig) -> None:
    diary: list[str] = []
    await holder_is(rig, "elsewhere/1/ab-cd")
    async with program(rig, diary, "second"):
        await rig.passes(29)
        assert diary == []
        await rig.passes(1)
        assert diary == ["second begins"]


async def test_a_holder_that_was_killed_on_this_machine_is_followed_at_once(rig: Rig) -> None:
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await killed.wait()
    here = await our_place(rig)
    for gone in (f"{here}/{killed.pid}/ab-cd", f"{here}/{os.getpid()}/ab-cd"):
        diary: list[str] = []
        await holder_is(rig, gone)
        async with program(rig, diary, "second"):
            assert diary == ["second begins"]


async def test_a_holder_that_lives_on_this_machine_is_waited_for(rig: Rig) -> None:
    diary: list[str] = []
    await holder_is(rig, f"{await our_place(rig)}/{os.getppid()}/ab-cd")
    async with program(rig, diary, "second"):
        await rig.passes(29)
        assert diary == []
        await rig.passes(1)
        assert diary == ["second begins"], "it gave no sign"


async def test_a_holder_on_another_machine_of_the_same_name_is_waited_for(rig: Rig) -> None:
    diary: list[str] = []
    await holder_is(rig, f"{socket.gethostname()}/{os.getpid()}/ab-cd")
    async with program(rig, diary, "second"):
        await rig.passes(29)
        assert diary == []
        await rig.passes(1)
        assert diary == ["second begins"], "it gave no sign"


async def test_who_lost_it_is_cancelled(rig: Rig) -> None:
    diary: list[str] = []
    async with program(rig, diary, "first"):
        await rig.run("UPDATE leases SET holder = 'second'")
        await rig.passes(10)
        assert diary == ["first begins", "first lost it"]


async def test_who_cannot_renew_it_in_time_stops_before_another_may_begin(rig: Rig) -> None:
    diary: list[str] = []
    async with program(rig, diary, "first"):
        rig.store.broken = True
        await rig.passes(16)
        rig.store.broken = False
        await rig.passes(60)
        assert diary == ["first begins"]
        rig.store.broken = True
        await rig.passes(30)
        assert diary == ["first begins", "first lost it"]
        rig.store.broken = False


async def test_what_the_body_raises_comes_out_as_it_is(rig: Rig) -> None:
    for error in (KeyError("of the body"), TimeoutError("of the body")):
        with pytest.raises(type(error), match="of the body"):
            async with lease(rig.store, rig.clock, name="task"):
                raise error


# --- on PostgreSQL, by a lock of the server


HERE = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
"""Other tests use other databases of the same server."""


class Diary:
    """What several programs wrote down, which can be waited for."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._changed = asyncio.Condition()

    async def write(self, line: str) -> None:
        async with self._changed:
            self.lines.append(line)
            self._changed.notify_all()

    async def has(self, count: int) -> list[str]:
        """The lines, once there are so many."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.lines) >= count)
        return self.lines


@asynccontextmanager
async def postgres_program(url: str, diary: Diary, name: str) -> AsyncIterator[Store]:
    """A program with a connection of its own that does the task until its lease is lost."""
    store = await open_store(url)

    async def run() -> None:
        try:
            async with lease(store, SystemClock(), name="task", holder=name) as held:
                await store.transact(held.check)
                await diary.write(f"{name} begins")
                await asyncio.Event().wait()
        except LeaseLost:
            await diary.write(f"{name} lost it")

    working = asyncio.create_task(run())
    yield store
    working.cancel()
    await asyncio.wait({working})
    await store.close()


async def test_on_postgresql_another_takes_over_as_soon_as_the_session_of_the_first_ends(postgres_url: str) -> None:
    diary = Diary()
    async with postgres_program(postgres_url, diary, "first") as store:
        assert await diary.has(1) == ["first begins"]
        assert await running(store, datetime.now(UTC)) == ["task"]
        async with postgres_program(postgres_url, diary, "second"):
            killer = await asyncpg.connect(postgres_url)
            await killer.execute(
                f"DO $$ BEGIN WHILE NOT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND {HERE})"
                " LOOP PERFORM pg_sleep(0.01); END LOOP; END $$",
                timeout=10,
            )
            await killer.execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND {HERE}"
            )
            await killer.close()
            assert sorted(await diary.has(3)) == ["first begins", "first lost it", "second begins"]


async def test_on_postgresql_who_was_cut_off_and_comes_back_does_nothing_twice(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    async with lease(store, SystemClock(), name="task", holder="first") as first:
        await store.transact(first.check)
    async with lease(store, SystemClock(), name="task", holder="second") as second:
        await store.transact(second.check)
        with pytest.raises(LeaseLost):
            await store.transact(first.check)
    await store.close()


async def test_on_postgresql_who_lost_the_lock_before_writing_its_name_leaves_that_of_the_next(
    postgres_url: str,
) -> None:
    store, lost = await open_store(postgres_url), asyncio.Event()
    taken = store.locked("task", lost.set)
    assert taken
    async with taken as session:
        await store.transact(lambda tx: tx.one("SELECT pg_terminate_backend(:pid)", pid=session))
        async with asyncio.timeout(10):
            await lost.wait()
        async with lease(store, SystemClock(), name="task", holder="second") as second:
            now = datetime.now(UTC)
            assert not await store.transact(lambda tx: lease_store.put(tx, "task", "first", now, session))
            await store.transact(second.check)
    await store.close()


async def test_on_postgresql_a_program_that_was_killed_while_it_waited_is_not_in_the_queue(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    watcher = await asyncpg.connect(postgres_url)

    async def wait() -> None:
        async with lease(store, SystemClock(), name="task"):
            raise AssertionError("two have the lease")

    async def queue_changes(before: int) -> int:
        """How many wait, once it is another number than before."""
        count = f"(SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {HERE})"
        loop = f"DO $$ BEGIN WHILE {count} = {before} LOOP PERFORM pg_sleep(0.01); END LOOP; END $$"
        await watcher.execute(loop, timeout=10)
        now: int = await watcher.fetchval(f"SELECT {count}")
        return now

    async with lease(store, SystemClock(), name="task"):
        second = asyncio.create_task(wait())
        assert await queue_changes(0) == 1
        second.cancel()  # its connection is cut, as by a kill: it says no farewell
        assert await queue_changes(1) == 0
    await watcher.close()
    await store.close()


async def test_on_postgresql_a_program_that_stands_still_is_followed_though_its_connections_are_open(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_sessions, "_NO_SIGN", "300")
    monkeypatch.setattr(postgres_sessions, "_SIGN_EVERY", 0.1)
    goes_on, begun, diary = threading.Event(), asyncio.Event(), list[str]()
    loop = asyncio.get_running_loop()

    async def stand_still() -> None:
        lost = asyncio.Event()
        async with locked(postgres_url, "task", lost.set):
            loop.call_soon_threadsafe(begun.set)
            goes_on.wait()  # as after SIGSTOP: nothing in the program goes on
            await lost.wait()
            diary.append("first lost it")

    async with asyncio.timeout(10):
        stopped = asyncio.create_task(asyncio.to_thread(asyncio.run, stand_still()))
        await begun.wait()
        async with locked(postgres_url, "task", lambda: diary.append("second lost it")):
            diary.append("second begins")
            goes_on.set()
            await stopped
            await asyncio.sleep(0.4)  # while it says that it goes on
    assert diary == ["second begins", "first lost it"]


async def test_on_postgresql_nobody_is_said_to_run_once_all_have_ended(postgres_url: str) -> None:
    diary = Diary()
    store = await open_store(postgres_url)
    async with postgres_program(postgres_url, diary, "first"):
        await diary.has(1)
        during = await running(store, datetime.now(UTC))
    assert (during, await running(store, datetime.now(UTC))) == (["task"], [])
    await store.close()
