"""Stores without the program's tables, and another program that works on the same database."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from bot.database.engine import Store, Transaction
from bot.database.postgres import PostgresStore
from bot.database.sqlite import SqliteStore


async def open_bare(url: str, patience: float = 2.0) -> Store:
    if url.startswith("sqlite"):
        return await SqliteStore.open(Path(url.removeprefix("sqlite:///")), patience=patience)
    return await PostgresStore.open(url, patience=patience)


async def make_notes(tx: Transaction) -> None:
    await tx.run("CREATE TABLE notes (id {id}, text TEXT UNIQUE, number BIGINT, flag INTEGER, data BYTEA)")


async def note_texts(tx: Transaction) -> list[str]:
    return [row["text"] for row in await tx.all("SELECT text FROM notes ORDER BY id")]


@pytest.fixture
async def bare(empty_store_url: str) -> AsyncIterator[Store]:
    """A store with one table, `notes`."""
    store = await open_bare(empty_store_url)
    await store.transact(make_notes)
    yield store
    await store.close()


@pytest.fixture
async def hasty(empty_store_url: str, bare: Store) -> AsyncIterator[Store]:
    """A second store on the same database, which gives up early."""
    store = await open_bare(empty_store_url, patience=0.2)
    yield store
    await store.close()


class Stranger(ABC):
    """Another program on the same database. It never suspends on SQLite, so units may call it there too."""

    @abstractmethod
    async def execute(self, sql: str) -> None: ...


class SqliteStranger(Stranger):
    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    async def execute(self, sql: str) -> None:
        self.connection.execute(sql)


class PostgresStranger(Stranger):
    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self.connection = connection

    async def execute(self, sql: str) -> None:
        await self.connection.execute(sql)


@pytest.fixture
async def stranger(empty_store_url: str, bare: Store) -> AsyncIterator[Stranger]:
    if empty_store_url.startswith("sqlite"):
        sqlite = SqliteStranger(empty_store_url.removeprefix("sqlite:///"))
        yield sqlite
        sqlite.connection.close()
    else:
        postgres = PostgresStranger(await asyncpg.connect(empty_store_url))
        yield postgres
        await postgres.connection.close()
