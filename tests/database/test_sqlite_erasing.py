"""What is left of deleted rows in an SQLite file, found and zeroed while others write."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.database import sqlite_erasing
from bot.database.engine import Transaction
from bot.database.sqlite import SqliteStore

_TABLES = (
    "CREATE TABLE notes (id {id}, who TEXT, text TEXT)",
    "CREATE INDEX notes_text ON notes (who, text)",
    "CREATE TABLE words (word TEXT PRIMARY KEY, who TEXT) WITHOUT ROWID",
    "CREATE TABLE letters (id {id}, who TEXT, body TEXT)",
    "CREATE INDEX letters_body ON letters (body)",
)


class Crowd:
    """Zoe and Max, who write rows, change them for longer and shorter ones, and delete some."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def said(self, who: str, most: int) -> str:
        return f"{who}-{self.chance.randrange(10**6):06}." * self.chance.randint(1, most)

    async def one(self, tx: Transaction, who: str) -> None:
        chance = self.chance
        what, place = chance.randrange(9), chance.randrange(300)
        if what < 3:
            await tx.run("INSERT INTO notes (who, text) VALUES (:who, :text)", who=who, text=self.said(who, 30))
        elif what == 3:
            await tx.run("INSERT OR IGNORE INTO words VALUES (:word, :who)", who=who, word=self.said(who, 8))
        elif what == 4:
            await tx.run("INSERT INTO letters (who, body) VALUES (:who, :text)", who=who, text=self.said(who, 900))
        else:
            table, column, most = chance.choice((("notes", "text", 60), ("notes", "text", 3), ("letters", "body", 700)))
            chosen = f"id = (SELECT id FROM {table} WHERE who = :who ORDER BY id LIMIT 1 OFFSET {place})"
            if what == 8:
                await tx.run(f"DELETE FROM {table} WHERE {chosen}", who=who)
            else:
                text = self.said(who, most)
                await tx.run(f"UPDATE {table} SET {column} = :text WHERE {chosen}", who=who, text=text)

    async def some(self, tx: Transaction, who: str, count: int = 25) -> None:
        for _ in range(count):
            await self.one(tx, who)


def make_file(path: Path, page_size: int) -> None:
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA page_size = {page_size}")
        database.execute("CREATE TABLE first (id INTEGER)")


async def make_tables(tx: Transaction) -> None:
    for statement in _TABLES:
        await tx.run(statement)


async def forget_zoe(tx: Transaction) -> None:
    for table in ("notes", "words", "letters"):
        await tx.run(f"DELETE FROM {table} WHERE who = 'zoe'")


@asynccontextmanager
async def written(path: Path, seed: int, *, turns: int = 60) -> AsyncIterator[tuple[SqliteStore, Crowd]]:
    """A store in which Zoe and Max wrote for a while; then Zoe's rows were deleted."""
    crowd, store = Crowd(seed), await SqliteStore.open(path)
    await store.transact(make_tables)
    for _ in range(turns):
        for who in ("zoe", "max"):
            await store.transact(lambda tx, who=who: crowd.some(tx, who))  # type: ignore[misc]
    await store.transact(forget_zoe)
    yield store, crowd
    await store.close()


def raw(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def asked(path: Path, question: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as database:
        return database.execute(question).fetchall()


def dumped(path: Path) -> list[str]:
    with sqlite3.connect(path) as database:
        return [*database.iterdump()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rencontres.db"


@pytest.mark.parametrize("page_size", [512, 4096, 65536])
@pytest.mark.parametrize("seed", range(3))
async def test_all_is_gone_and_all_else_is_there(path: Path, seed: int, page_size: int) -> None:
    make_file(path, page_size)
    async with written(path, seed) as (store, _):
        before, free = dumped(path), asked(path, "PRAGMA freelist_count")
        assert b"zoe-" in raw(path)
        await store.erase_traces()
        assert b"zoe-" not in raw(path)
        assert path.with_name(f"{path.name}-wal").stat().st_size == 0
        assert dumped(path) == before
        assert asked(path, "PRAGMA integrity_check") == [("ok",)]
        assert asked(path, "PRAGMA freelist_count") == free > [(0,)]  # it was not written anew


@pytest.mark.parametrize("seed", range(6))
async def test_what_moves_meanwhile_is_found(path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_erasing, "_PORTION_PAGES", 20)
    make_file(path, 512)
    async with written(path, seed) as (store, crowd):

        async def write_on() -> None:
            while not erasing.done():
                await store.transact(lambda tx: crowd.some(tx, "max", 10))

        erasing = asyncio.create_task(store.erase_traces())
        await asyncio.gather(erasing, write_on())
        assert b"zoe-" not in raw(path)
        assert asked(path, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("seed", range(4))
async def test_a_page_that_gets_another_number_meanwhile_is_found(
    path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without looking at the log, two of what Zoe wrote stay with seed 1: their page got the number of a free one."""
    chance, look = random.Random(seed), sqlite_erasing._begin_and_look

    async def fill(tx: Transaction) -> None:
        await tx.run("CREATE TABLE scratch (text TEXT)")
        await tx.run("CREATE TABLE notes (id INTEGER PRIMARY KEY, who TEXT, text TEXT)")
        await tx.many("INSERT INTO scratch VALUES (:text)", [{"text": "x" * 1024}] * 1000)
        for number in range(2000):
            who = "zoe" if chance.random() < 0.3 else "max"
            text = f"{who}-" * chance.randint(1, 25)
            await tx.run("INSERT INTO notes VALUES (:id, :who, :text)", id=number, who=who, text=text)
            if number > 20:
                one, text = chance.randrange(number - 20, number), "max-" * chance.randint(1, 51)
                await tx.run("UPDATE notes SET text = :text WHERE id = :id AND who = 'max'", id=one, text=text)

    def look_and_write(database: sqlite3.Connection) -> list[int]:
        found = look(database)
        with sqlite3.connect(path) as other:
            other.execute("PRAGMA secure_delete = ON")
            other.execute("UPDATE notes SET text = :text WHERE id % 4 = 0", {"text": "y" * 300})
        return found

    make_file(path, 1024)
    store = await SqliteStore.open(path)
    await store.transact(fill)
    await store.transact(lambda tx: tx.run("DELETE FROM notes WHERE who = 'zoe'"))
    await store.transact(lambda tx: tx.run("DROP TABLE scratch"))
    monkeypatch.setattr(sqlite_erasing, "_begin_and_look", look_and_write)
    await store.erase_traces()
    assert (b"zoe-" in raw(path), b"yyyy" in raw(path)) == (False, True)
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]
    await store.close()


def erase_in_another_program(path: Path) -> None:
    async def erase() -> None:
        store = await SqliteStore.open(path)
        await store.erase_traces()
        await store.close()

    asyncio.run(erase())


@pytest.mark.parametrize("seed", range(2))
async def test_it_survives_being_killed_at_any_moment(path: Path, seed: int) -> None:
    chance, fork = random.Random(seed), multiprocessing.get_context("fork")
    make_file(path, 512)
    async with written(path, seed):
        before = dumped(path)
    for _ in range(10):
        life = fork.Process(target=erase_in_another_program, args=(path,))
        life.start()
        life.join(chance.uniform(0.005, 0.2))
        if life.is_alive() and life.pid is not None:
            os.kill(life.pid, signal.SIGKILL)
        life.join()
        assert asked(path, "PRAGMA integrity_check") == [("ok",)]
    store = await SqliteStore.open(path)
    await store.erase_traces()
    assert b"zoe-" not in raw(path)
    assert dumped(path) == before
    await store.close()


@pytest.mark.parametrize("setting", ["auto_vacuum = FULL", "auto_vacuum = INCREMENTAL"])
async def test_a_file_whose_pages_cannot_be_told_apart_is_written_anew(path: Path, setting: str) -> None:
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA {setting}")
        database.execute("CREATE TABLE first (id INTEGER)")
    async with written(path, 1, turns=20):
        pass
    await written_anew(path, "cannot be told")


async def test_a_file_that_another_program_wrote_without_care_is_written_anew(path: Path) -> None:
    async with written(path, 1, turns=20):
        with sqlite3.connect(path) as other:
            other.execute("PRAGMA secure_delete = OFF")
            other.execute("DELETE FROM notes WHERE id % 2")
    await written_anew(path, "secure_delete")


async def test_where_sqlite_does_not_show_pages_the_file_is_written_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with written(path, 1, turns=20):
        pass
    question = sqlite_erasing._SHOWS_PAGES.replace("DBPAGE", "NOTHING")
    monkeypatch.setattr(sqlite_erasing, "_SHOWS_PAGES", question)
    await written_anew(path, "show pages")


async def test_an_empty_file_is_no_error(path: Path) -> None:
    store = await SqliteStore.open(path)
    await store.erase_traces()
    await store.close()
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]


async def written_anew(path: Path, reason: str) -> None:
    store = await SqliteStore.open(path)
    with capture_logs() as logs:
        await store.erase_traces()
    await store.close()
    [line] = [line for line in logs if line["event"] == "database.written_anew"]
    assert reason in line["reason"]
    assert b"zoe-" not in raw(path)
    assert asked(path, "PRAGMA freelist_count") == [(0,)]
    assert asked(path, "PRAGMA integrity_check") == [("ok",)]
