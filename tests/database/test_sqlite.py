"""SQLite: the shared COMMIT, and what a full or locked disk does to those who share it."""

from __future__ import annotations

import asyncio
import inspect
import random
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiosqlite
import pytest

from bot.database.engine import StoreUnavailable, Transaction, Unit
from bot.database.sqlite import SqliteStore
from tests.database.conftest import make_notes, note_texts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "where? #1 €.db"


@pytest.fixture
async def sqlite(path: Path) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(path, patience=0.2)
    await store.transact(make_notes)
    yield store
    await store.close()


def noting(text: str) -> Unit[int]:
    return lambda tx: tx.run("INSERT INTO notes (text) VALUES (:text)", text=text)


def test_aiosqlite_still_runs_a_function_of_ours_in_its_thread() -> None:
    """SqliteWorker leans on this private method. Should aiosqlite change it, find another way before a new pin."""
    assert inspect.iscoroutinefunction(aiosqlite.Connection._execute)
    assert str(inspect.signature(aiosqlite.Connection._execute)) == "(self, fn, *args, **kwargs)"


async def test_units_that_wait_together_share_one_commit(sqlite: SqliteStore) -> None:
    said: list[str] = []
    await sqlite._writer.connection.set_trace_callback(said.append)
    await asyncio.gather(*(sqlite.transact(noting(f"{number}")) for number in range(10)))
    assert said.count("BEGIN IMMEDIATE") == said.count("COMMIT") == 1
    assert said.count("SAVEPOINT unit") == said.count("RELEASE unit") == 10


async def test_a_crowd_is_served_in_several_batches(sqlite: SqliteStore) -> None:
    changed = await asyncio.gather(*(sqlite.transact(noting(f"{number}")) for number in range(600)))
    assert changed == [1] * 600
    assert len(await sqlite.read(note_texts)) == 600


async def test_every_commit_changes_the_number_of_commits_also_that_of_another_program(
    sqlite: SqliteStore, path: Path
) -> None:
    before = await sqlite.commits()
    await sqlite.read(note_texts)
    assert await sqlite.commits() == before, "nothing was committed"
    await sqlite.transact(noting("mine"))
    mine = await sqlite.commits()
    assert mine != before
    other = await SqliteStore.open(path)
    await other.transact(noting("another's"))
    await other.close()
    assert await sqlite.commits() != mine


async def test_saved_means_on_the_disk(sqlite: SqliteStore) -> None:
    async def settings(tx: Transaction) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return [row[name] for name in names for row in await tx.all(f"PRAGMA {name}")]

    assert await sqlite.transact(settings) == ["wal", 2, 1, 1]


async def fill_up(sqlite: SqliteStore) -> None:
    pages = await sqlite.transact(lambda tx: tx.one("PRAGMA page_count"))
    assert pages is not None
    await sqlite.transact(lambda tx: tx.one(f"PRAGMA max_page_count = {pages['page_count'] + 3}"))


async def test_a_full_disk_undoes_every_unit_of_the_batch_and_nobody_is_told_saved(sqlite: SqliteStore) -> None:
    await fill_up(sqlite)
    units = [noting("a"), noting("b"), noting("x" * 100_000), noting("c")]
    results = await asyncio.gather(*map(sqlite.transact, units), return_exceptions=True)
    assert [type(result) for result in results] == [StoreUnavailable] * 4
    assert await sqlite.read(note_texts) == []
    assert await sqlite.transact(noting("d")) == 1


async def test_a_full_disk_may_undo_one_unit_alone(sqlite: SqliteStore) -> None:
    await fill_up(sqlite)
    many_rows = f"INSERT INTO notes (text) VALUES ('x'), ('{'y' * 100_000}')"
    units: list[Unit[int]] = [noting("a"), lambda tx: tx.run(many_rows), noting("b")]
    a, full, b = await asyncio.gather(*map(sqlite.transact, units), return_exceptions=True)
    assert (a, type(full), b) == (1, StoreUnavailable, 1)
    assert await sqlite.read(note_texts) == ["a", "b"]


async def test_a_unit_that_catches_a_full_disk_saves_nothing_after_it(sqlite: SqliteStore) -> None:
    async def stubborn(tx: Transaction) -> None:
        try:
            await noting("x" * 100_000)(tx)
        except sqlite3.Error:
            await noting("a")(tx)

    await fill_up(sqlite)
    with pytest.raises(StoreUnavailable):
        await sqlite.transact(stubborn)
    assert await sqlite.read(note_texts) == []


async def test_a_failing_commit_fails_the_whole_batch(sqlite: SqliteStore) -> None:
    await sqlite.transact(
        lambda tx: tx.run("CREATE TABLE answers (note BIGINT REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)")
    )
    units: list[Unit[int]] = [noting("a"), lambda tx: tx.run("INSERT INTO answers VALUES (99)"), noting("b")]
    results = await asyncio.gather(*map(sqlite.transact, units), return_exceptions=True)
    assert [type(result) for result in results] == [StoreUnavailable] * 3
    assert await sqlite.read(note_texts) == []
    assert await sqlite.transact(noting("c")) == 1


async def never() -> None:
    await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("foreign", [lambda: asyncio.sleep(0), lambda: asyncio.sleep(1), never])
async def test_a_foreign_await_is_named_and_undone_alone(
    sqlite: SqliteStore, foreign: Callable[[], Awaitable[None]]
) -> None:
    async def waits(tx: Transaction) -> None:
        await noting("a")(tx)
        await foreign()

    wrong, right = await asyncio.gather(sqlite.transact(waits), sqlite.transact(noting("b")), return_exceptions=True)
    assert isinstance(wrong, RuntimeError)
    assert str(wrong) == "a transaction holds database work only"
    assert right == 1
    assert await sqlite.read(note_texts) == ["b"]


async def test_a_unit_that_clings_to_its_foreign_await_is_undone_too(sqlite: SqliteStore) -> None:
    async def clings(tx: Transaction) -> None:
        while True:
            try:
                await asyncio.sleep(0)
            except GeneratorExit:
                await noting("a")(tx)

    with pytest.raises(RuntimeError):
        await sqlite.transact(clings)
    assert await sqlite.read(note_texts) == []


async def test_a_caller_cancelled_too_late_is_served_and_so_are_the_others(sqlite: SqliteStore) -> None:
    started, go_on = threading.Event(), threading.Event()

    async def slow(tx: Transaction) -> None:
        await noting("a")(tx)
        started.set()
        go_on.wait()

    cancelled = asyncio.create_task(sqlite.transact(slow))
    other = asyncio.create_task(sqlite.transact(noting("b")))
    await asyncio.to_thread(started.wait)
    cancelled.cancel()
    go_on.set()
    assert await other == 1
    assert cancelled.cancelled()
    assert await sqlite.read(note_texts) == ["a", "b"]


async def test_the_longest_wait_of_each_caller_is_its_own(path: Path, sqlite: SqliteStore) -> None:
    patient = await SqliteStore.open(path, patience=1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    early = asyncio.create_task(patient.transact(noting("early")))
    await asyncio.wait({early}, timeout=0.8)
    late = asyncio.create_task(patient.transact(noting("late")))
    with pytest.raises(StoreUnavailable, match="locked"):
        await early
    other.execute("COMMIT")
    other.close()
    assert await late == 1
    await patient.close()


async def test_what_was_erased_leaves_no_trace_in_the_files(path: Path, sqlite: SqliteStore) -> None:
    await sqlite.transact(noting("a secret"))
    await sqlite.transact(lambda tx: tx.run("DELETE FROM notes"))
    assert any(b"a secret" in file.read_bytes() for file in path.parent.iterdir())
    await sqlite.erase_traces()
    assert not any(b"a secret" in file.read_bytes() for file in path.parent.iterdir())


async def test_rows_that_moved_between_pages_leave_no_trace_either(path: Path, sqlite: SqliteStore) -> None:
    chance = random.Random(7)
    secrets = [f"secret{number:03}." * chance.randint(1, 40) for number in range(600)]
    chance.shuffle(secrets)
    for secret in secrets:
        await sqlite.transact(noting(secret))
    for secret in (gone := secrets[::2]):
        await sqlite.transact(lambda tx, text=secret: tx.run("DELETE FROM notes WHERE text = :text", text=text))  # type: ignore[misc]
    await sqlite.erase_traces()
    found = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert not [secret for secret in gone if secret[:10].encode() in found]
    assert secrets[1].encode() in found


async def test_traces_a_reader_still_needs_are_told(path: Path, sqlite: SqliteStore) -> None:
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM notes").fetchall()
    await sqlite.transact(noting("a"))
    with pytest.raises(StoreUnavailable, match="reader"):
        await sqlite.erase_traces()
    reader.close()
    await sqlite.erase_traces()


async def test_a_backup_holds_all_that_is_committed_and_only_its_owner_reads_it(
    tmp_path: Path, sqlite: SqliteStore
) -> None:
    await sqlite.transact(noting("a"))
    target = tmp_path / "backup.db"
    await sqlite.backup(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    restored = await SqliteStore.open(target)
    assert await restored.read(note_texts) == ["a"]
    await restored.close()


async def test_a_backup_overwrites_nothing(path: Path, sqlite: SqliteStore) -> None:
    with pytest.raises(FileExistsError):
        await sqlite.backup(path)
    await sqlite.transact(noting("a"))


async def test_a_backup_of_what_is_no_database_leaves_no_file(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    store = await SqliteStore.open(broken)
    await store.close()
    broken.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreUnavailable, match="not a database"):
        await store.backup(tmp_path / "backup.db")
    assert not (tmp_path / "backup.db").exists()


async def test_only_its_owner_reads_the_database(path: Path, sqlite: SqliteStore) -> None:
    files = list(path.parent.glob("where*"))
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_a_database_that_stays_locked_cannot_be_opened(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnavailable, match="locked"):
        await SqliteStore.open(path, patience=0.05)
    other.close()


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="nowhere"):
        await SqliteStore.open(tmp_path / "nowhere" / "rencontres.db")
