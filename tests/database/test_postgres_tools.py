"""PostgreSQL's own programs make a backup and bring it back, whole or not at all, and nobody reads the password."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from bot.database import postgres_tools
from bot.database.engine import ToolFailed, Transaction
from bot.database.postgres import PostgresStore
from tests.database.conftest import make_notes, note_texts

pytestmark = pytest.mark.usefixtures("postgres_programs")


@pytest.fixture
async def store(empty_postgres_url: str) -> AsyncIterator[PostgresStore]:
    """A database with two notes."""
    store = await PostgresStore.open(empty_postgres_url)
    await store.transact(make_notes)
    await store.transact(lambda tx: tx.run("INSERT INTO notes (text) VALUES ('été'), ('🦊')"))
    yield store
    await store.close()


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def cut(dump: Path) -> Path:
    """The first half of a dump."""
    half = dump.with_name("half.dump")
    half.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    return half


async def ids(tx: Transaction) -> list[int]:
    return [row["id"] for row in await tx.all("SELECT id FROM notes ORDER BY id")]


async def tables(tx: Transaction) -> list[str]:
    return [row["name"] for row in await tx.all("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")]


@pytest.fixture
async def dumped(store: PostgresStore, tmp_path: Path) -> Path:
    await store.backup(tmp_path / "notes.dump")
    return tmp_path / "notes.dump"


async def test_a_dump_is_its_owners_alone_and_overwrites_nothing(store: PostgresStore, dumped: Path) -> None:
    assert mode(dumped) == 0o600
    with pytest.raises(FileExistsError):
        await store.backup(dumped)
    await postgres_tools.read_through(dumped)


async def test_restoring_brings_all_tables_back_and_only_those(
    store: PostgresStore, empty_postgres_url: str, dumped: Path
) -> None:
    await store.transact(lambda tx: tx.run("UPDATE notes SET text = 'changed since' WHERE text = 'été'"))
    await store.transact(lambda tx: tx.run("CREATE TABLE later (note_id BIGINT REFERENCES notes (id))"))
    await postgres_tools.restore(dumped, empty_postgres_url)
    assert await store.read(note_texts) == ["été", "🦊"]
    assert sorted(await store.read(tables)) == ["notes", "turns"]
    await store.transact(lambda tx: tx.run("INSERT INTO notes (text) VALUES ('third')"))
    assert await store.read(ids) == [1, 2, 3]


async def test_half_a_dump_changes_nothing(store: PostgresStore, empty_postgres_url: str, dumped: Path) -> None:
    await store.transact(
        lambda tx: tx.many(
            "INSERT INTO notes (text) VALUES (:text)", [{"text": uuid.uuid4().hex} for _ in range(9_000)]
        )
    )
    large = dumped.with_name("large.dump")
    await store.backup(large)
    half = dumped.with_name("half.dump")
    half.write_bytes(large.read_bytes()[: large.stat().st_size // 2])
    await store.transact(lambda tx: tx.run("DELETE FROM notes WHERE text <> 'été'"))
    with pytest.raises(ToolFailed, match="pg_restore: error: could not read from input file"):
        await postgres_tools.restore(half, empty_postgres_url)
    assert await store.read(note_texts) == ["été"]
    with pytest.raises(ToolFailed):
        await postgres_tools.read_through(half)
    await postgres_tools.read_through(large)


async def test_a_database_out_of_reach_is_the_reason_told(dumped: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match=r"psql: error: connection to server .* failed"):
        await postgres_tools.restore(dumped, f"postgresql:///nothing?host={tmp_path}")


async def test_a_dump_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="pg_dump: error: connection to server"):
        await postgres_tools.dump(f"postgresql:///nothing?host={tmp_path}", tmp_path / "notes.dump")
    assert not (tmp_path / "notes.dump").exists()


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postgresql://bot:s%40cret@db/r?sslmode=require", "postgresql://bot@db/r?sslmode=require"),
        ("postgres://bot@/r?host=/run/pg&password=s%40cret", "postgres://bot@/r?host=%2Frun%2Fpg"),
    ],
)
async def test_the_password_goes_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, address: str
) -> None:
    heard = tmp_path / "heard"
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$PGPASSWORD" "$@" >"{heard}"\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    await postgres_tools.dump(url, tmp_path / "notes.dump")
    password, *words = heard.read_text("utf-8").split()
    assert password == "s@cret"
    assert words == ["--format=custom", "--no-owner", "--no-privileges", "--no-password", f"--dbname={address}"]


async def test_a_program_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolFailed, match="pg_dump is not installed: apt install postgresql-client"):
        await postgres_tools.dump("postgresql://bot@db/r", tmp_path / "notes.dump")
    assert names(tmp_path) == []


async def names_of_databases(url: str) -> list[str]:
    """The databases whose names begin with this one's: other workers make theirs on the same server meanwhile."""
    connection = await asyncpg.connect(url)
    try:
        databases = await connection.fetch("SELECT datname FROM pg_database ORDER BY datname")
        return [row["datname"] for row in databases if row["datname"].startswith(urlsplit(url).path[1:])]
    finally:
        await connection.close()


async def test_a_trial_database_is_there_for_the_trial_alone(empty_postgres_url: str, dumped: Path) -> None:
    before = await names_of_databases(empty_postgres_url)
    async with postgres_tools.trial_database(empty_postgres_url) as trial:
        assert trial is not None
        await postgres_tools.restore(dumped, trial)
        copy = await PostgresStore.open(trial)
        assert await copy.read(note_texts) == ["été", "🦊"]
        await copy.close()
        [added] = {*await names_of_databases(empty_postgres_url)} - {*before}
        assert added == f"{urlsplit(empty_postgres_url).path[1:]}_backup_being_tried"
    assert await names_of_databases(empty_postgres_url) == before


async def test_two_that_try_a_backup_at_the_same_time_wait_for_one_another(empty_postgres_url: str) -> None:
    order: list[str] = []

    async def try_it(name: str) -> None:
        async with postgres_tools.trial_database(empty_postgres_url) as trial:
            assert trial is not None
            order.append(f"{name} begins")
            connection = await asyncpg.connect(trial)
            await connection.execute("SELECT pg_sleep(0.05)")
            await connection.close()
            order.append(f"{name} ends")

    await asyncio.gather(try_it("first"), try_it("second"))
    assert sorted(order[:2]) in (["first begins", "first ends"], ["second begins", "second ends"])


async def test_who_may_create_no_database_has_no_trial(empty_postgres_url: str, postgres_server: Any) -> None:
    role = f"plain_{uuid.uuid4().hex}"
    postgres_server.psql(f"CREATE ROLE {role} LOGIN;")
    parts = urlsplit(empty_postgres_url)
    assert parts.netloc.startswith("postgres:")
    async with postgres_tools.trial_database(empty_postgres_url.replace("postgres:@", f"{role}@", 1)) as trial:
        assert trial is None
