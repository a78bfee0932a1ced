"""Removes the remains of deleted rows from an SQLite file and its write-ahead log, while others read and write."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import structlog

from bot.database.engine import StoreUnavailable
from bot.database.sqlite_pages import UnexpectedPage, WrittenPages, usable_size, without_residue
from bot.database.sqlite_worker import PAUSE, SqliteWorker

log = structlog.get_logger()

CHECKPOINT_PAGES = 1000
"""The length of the write-ahead log, in pages, at which it is copied into the file, except while traces are erased."""

_PORTION_SECONDS = 0.01
_PORTION_PAGES = 512  # as many at most does one COMMIT make safe on the disk
_READERS_MILLISECONDS = 10  # for so long a reader is waited for while nobody can write
_SHOWS_PAGES = "SELECT sqlite_compileoption_used('ENABLE_DBPAGE_VTAB')"
_R = TypeVar("_R")


class _InUse(Exception):
    """Somebody still reads what is in the write-ahead log."""


class TraceEraser:
    """Erases the remains of deleted rows in an SQLite file, in portions, so that others can write in between.

    `writer` does the writing. `aside` has a connection of its own, which searches for remains and copies the
    write-ahead log `log_file` into the file, while others write. The eraser waits at most `patience` seconds for a
    lock.
    """

    def __init__(self, writer: SqliteWorker, aside: SqliteWorker, log_file: Path, patience: float) -> None:
        self._writer = writer
        self._aside = aside
        self._log_file = log_file
        self._patience = patience

    async def erase(self) -> None:
        """Erase the remains of all deleted rows. Raises StoreUnavailable if the database stays in use for too long."""
        # Else the next COMMIT would copy all that this writes from the log into the file, while others wait.
        await self._insist(partial(self._writer.alone, partial(_set_checkpoints, pages=0)))
        try:
            try:
                await self._scrub()
            except UnexpectedPage as unexpected:
                log.info("database.written_anew", reason=str(unexpected))
                await self._insist(partial(self._writer.alone, _vacuum))
            await self._insist(self._empty_log)
        finally:
            await self._writer.alone(partial(_set_checkpoints, pages=CHECKPOINT_PAGES))

    async def _scrub(self) -> None:
        """Zero what is left in the file. Raises UnexpectedPage.

        While others write, SQLite may exchange the numbers of pages that one transaction writes. So, where it wrote a
        page that still waits, all pages that it wrote are looked at again. If these become more and more, the portions
        grow.
        """
        written = WrittenPages(self._log_file)
        try:
            waiting = dict.fromkeys(await self._insist(partial(self._aside.alone, _begin_and_look)))
            least, room = len(waiting), 1.0
            while not await self._insist(partial(self._writer.alone, _Portion(waiting, written, room))):
                room = 1.0 if len(waiting) < least else room * 1.5
                least = min(least, len(waiting))
        finally:
            await self._aside.alone(_end)

    async def _empty_log(self) -> None:
        await self._aside.alone(_copy_log)  # others write meanwhile, and then wait for little
        await self._writer.alone(_truncate_log)

    async def _insist(self, step: Callable[[], Awaitable[_R]]) -> _R:
        """Return the result of a step, which is tried again while somebody else uses the database."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._patience
        while True:
            try:
                return await step()
            except (_InUse, sqlite3.OperationalError) as error:
                if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise StoreUnavailable(str(error)) from error
                if clock() > deadline:
                    raise StoreUnavailable("a reader or another writer keeps the database in use") from error
            await asyncio.sleep(PAUSE)


def _set_checkpoints(database: sqlite3.Connection, pages: int) -> None:
    database.execute(f"PRAGMA wal_autocheckpoint = {pages}")


def _begin_and_look(database: sqlite3.Connection) -> list[int]:
    """Begin a transaction that reads, and return the numbers of the pages where something is left."""
    [(known,)] = database.execute(_SHOWS_PAGES)
    [(journal,)] = database.execute("PRAGMA journal_mode")
    if not known or journal != "wal":
        raise UnexpectedPage("this SQLite does not show pages, or has no write-ahead log")
    database.execute("BEGIN")
    usable = usable_size(_page(database, 1))
    with closing(database.execute("SELECT pgno, data FROM sqlite_dbpage")) as pages:  # else an error leaves it reading
        return [number for number, page in pages if without_residue(number, page, usable) is not None]


def _end(database: sqlite3.Connection) -> None:
    if database.in_transaction:
        database.execute("ROLLBACK")


@dataclass(frozen=True, slots=True)
class _Portion:
    """Zeroes what is left in pages that wait, in one transaction, for as long as others may wait for that.

    `waiting` are the pages that may hold traces, and `room` is how many times larger than usual this portion may be.
    """

    waiting: dict[int, None]
    written: WrittenPages
    room: float

    def __call__(self, database: sqlite3.Connection) -> bool:
        """Zero them, and return whether none is left."""
        database.execute("BEGIN IMMEDIATE")
        try:
            self._note_written()
            self._zero(database)
            database.execute("COMMIT")
        finally:
            _end(database)
        return not self.waiting

    def _note_written(self) -> None:
        for pages in self.written.take():
            if not self.waiting.keys().isdisjoint(pages):
                self.waiting.update(dict.fromkeys(pages))

    def _zero(self, database: sqlite3.Connection) -> None:
        until = perf_counter() + _PORTION_SECONDS * self.room
        most = round(_PORTION_PAGES * self.room)
        usable = usable_size(_page(database, 1))
        for number in [*self.waiting]:
            page = _page(database, number)
            if page and (clean := without_residue(number, page, usable)):
                database.execute("UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?", (clean, number))
                most -= 1
            del self.waiting[number]
            if most <= 0 or perf_counter() > until:
                break


def _page(database: sqlite3.Connection, number: int) -> bytes:
    """Return a page; nothing if the file ends before it."""
    row = database.execute("SELECT data FROM sqlite_dbpage WHERE pgno = ?", (number,)).fetchone()
    return row[0] if row else b""


def _vacuum(database: sqlite3.Connection) -> None:
    database.execute("VACUUM")


def _copy_log(database: sqlite3.Connection) -> None:
    """Copy the write-ahead log into the file, while others write."""
    _, in_log, copied = database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    if in_log - copied > CHECKPOINT_PAGES:
        raise _InUse


def _truncate_log(database: sqlite3.Connection) -> None:
    """Copy the rest of the log and empty it, while nobody writes."""
    (usual,) = database.execute("PRAGMA busy_timeout").fetchone()
    database.execute(f"PRAGMA busy_timeout = {_READERS_MILLISECONDS}")
    try:
        busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        database.execute(f"PRAGMA busy_timeout = {usual}")
    if busy:
        raise _InUse
