"""The store in one SQLite file: one connection writes, another reads committed data."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from functools import partial
from pathlib import Path
from typing import Literal

from bot.database.engine import PATIENCE, Store, StoreUnavailable, T, Unit, sqlite_files
from bot.database.sqlite_erasing import CHECKPOINT_PAGES, TraceEraser
from bot.database.sqlite_worker import SqliteWorker

_BUSY_SECONDS = 0.05  # in the thread; the rest of the waiting is done in the event loop
_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}",
)


class SqliteStore(Store):
    """A database in one SQLite file, which only its owner can read."""

    dialect: Literal["sqlite"] = "sqlite"

    def __init__(self, path: Path, patience: float) -> None:
        self._path = path
        self._patience = patience
        self._erasing = asyncio.Lock()
        self._writer = SqliteWorker(partial(_connect_writer, path), ["BEGIN IMMEDIATE"], writes=True, patience=patience)
        # The SELECT takes the snapshot, so that a unit never meets a lock half-way.
        begin = ["BEGIN", "SELECT 1 FROM sqlite_schema LIMIT 1"]
        self._reader = SqliteWorker(partial(_connect, path, "ro"), begin, writes=False, patience=patience)

    @classmethod
    async def open(cls, path: Path, *, patience: float = PATIENCE) -> SqliteStore:
        """Open a database file, or create it if it is missing; if it is locked, try again for `patience` seconds."""
        store = cls(path, patience)
        await store._writer.open()
        try:
            await store._reader.open()
        except BaseException:
            await store._writer.close()
            raise
        return store

    async def transact(self, unit: Unit[T]) -> T:
        """Run a function in a transaction, commit, and return its result; its changes are then on the disk."""
        return await self._writer.perform(unit)

    async def read(self, unit: Unit[T]) -> T:
        """Run a function that only reads, on one snapshot of committed data, and return the function's result."""
        return await self._reader.perform(unit)

    async def commits(self) -> int:
        """Return a number that changes with each commit, of this program or of another one on the file."""
        return await self.read(lambda tx: tx.value(int, "PRAGMA data_version"))  # counts what other connections write

    async def erase_traces(self) -> None:
        """Overwrite the remains of deleted rows in the file with zeros, and empty the write-ahead log.

        Others can read and write meanwhile. SQLite's setting `secure_delete` is not enough: old content stays in a page
        of the file when rows are moved to another page. Raises StoreUnavailable if the database stays in use for too
        long.
        """
        async with self._erasing:
            aside = SqliteWorker(partial(_connect, self._path, "rw"), [], writes=False, patience=self._patience)
            await aside.open()
            try:
                await TraceEraser(self._writer, aside, sqlite_files(self._path)[1], self._patience).erase()
            finally:
                await aside.close()

    async def backup(self, target: Path) -> None:
        """Copy the present state of the database to a new file; meanwhile others can write to the database.

        Raises FileExistsError if the file exists.
        """
        await asyncio.to_thread(_copy, self._path, target)

    async def close(self) -> None:
        """Run the transactions that wait, then close the database; SQLite merges the write-ahead log into the file."""
        await self._reader.close()
        await self._writer.close()


def _connect(path: Path, mode: Literal["rw", "ro"]) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        cached_statements=512,
    )
    connection.row_factory = sqlite3.Row
    return connection


def _connect_writer(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    connection = _connect(path, "rw")
    try:
        for setting in _SETTINGS:
            connection.execute(setting)
    except BaseException:
        connection.close()
        raise
    return connection


def _copy(path: Path, target: Path) -> None:
    file = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    source = _connect(path, "ro")
    try:
        source.execute("VACUUM INTO ?", (os.fspath(target),))
        os.fsync(file)
    except BaseException as error:
        target.unlink()
        if isinstance(error, sqlite3.Error):
            raise StoreUnavailable(str(error)) from error
        raise
    finally:
        source.close()
        os.close(file)
