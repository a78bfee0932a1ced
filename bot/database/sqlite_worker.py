"""Runs units of work on one SQLite connection, in its thread; those that wait at the same time share one COMMIT."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

import aiosqlite

from bot.database.engine import Row, StoreUnavailable, T, Transaction, Unit, WaitingUnit, speller

PAUSE = 0.01
"""The number of seconds between two attempts to use a locked database."""

_LARGEST_BATCH = 256  # so that the first of a crowd does not wait for the last
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_UNAVAILABLE = _LOCKED | {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_FOREIGN_AWAIT = "a transaction holds database work only"
_spelled = speller("sqlite")
_R = TypeVar("_R")


def _is(error: BaseException | None, codes: frozenset[int]) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in codes  # the low byte of an extended code


class SqliteTransaction(Transaction):
    """A transaction on SQLite. It runs in the connection's thread, and its methods never wait for anything else."""

    __slots__ = ("_connection",)
    dialect: Literal["sqlite"] = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection
        self.failed = None

    def _perform(
        self,
        execute: Callable[[str, Any], sqlite3.Cursor],
        sql: str,
        params: Mapping[str, Any] | Iterable[Mapping[str, Any]],
        take: Callable[[sqlite3.Cursor], _R],
    ) -> _R:
        if self.failed:  # after a full disk SQLite would save what follows, one statement at a time
            raise self.failed
        try:
            statement = _spelled(sql)
            self._check(statement.changes)
            return take(execute(statement.text, params))
        except Exception as error:
            self.failed = error
            raise

    async def one(self, sql: str, /, **params: Any) -> Row | None:
        """Run a query and return its first row, or None if there is no row."""
        row: Row | None = self._perform(self._connection.execute, sql, params, sqlite3.Cursor.fetchone)
        return row

    async def all(self, sql: str, /, **params: Any) -> list[Row]:
        """Run a query and return all its rows."""
        return self._perform(self._connection.execute, sql, params, sqlite3.Cursor.fetchall)

    async def run(self, sql: str, /, **params: Any) -> int:
        """Run a statement and return how many rows an INSERT, UPDATE or DELETE changed."""
        return self._perform(self._connection.execute, sql, params, _changed)

    async def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each mapping of parameters in `rows`."""
        if given := [*rows]:
            self._perform(self._connection.executemany, sql, given, _changed)


def _changed(cursor: sqlite3.Cursor) -> int:
    if cursor.rowcount >= 0:
        return cursor.rowcount
    changes: int = cursor.execute("SELECT changes()").fetchone()[0]  # Python does not count after WITH …
    return changes


@dataclass(slots=True, eq=False)
class _Waiting(WaitingUnit):
    """A unit that runs in the connection's thread; until `deadline` it is tried again where the file is locked."""

    deadline: float

    def run(self, tx: SqliteTransaction) -> None:
        """Run the unit of work in the connection's thread, and store its result or error."""
        self.error = None
        try:
            self.result = self.context.run(_drive, self.unit, tx)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is for the caller
            self.error = error
        if _is(tx.failed, _UNAVAILABLE):
            self.fail(tx.failed)
        elif not self.error:  # the unit caught what ended its transaction, and went on
            self.error = tx.failed

    def fail(self, reason: BaseException | None) -> None:
        """Store StoreUnavailable as the error, because nothing of the unit was saved; `reason` is the cause."""
        self.error = StoreUnavailable(str(reason))
        self.error.__cause__ = reason


async def _await(unit: Unit[T], tx: SqliteTransaction) -> T:
    return await unit(tx)


def _drive(unit: Unit[T], tx: SqliteTransaction) -> T:
    work = _await(unit, tx)
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    except RuntimeError as error:
        if error.args == ("no running event loop",):  # what asyncio.sleep and its like look for before they suspend
            raise RuntimeError(_FOREIGN_AWAIT) from error
        raise
    tx.failed = RuntimeError(_FOREIGN_AWAIT)
    work.close()
    raise tx.failed


class SqliteWorker:
    """Runs functions as transactions on one SQLite connection, in the order in which `perform` was called.

    All functions that wait at the same time, a batch, are one SQLite transaction. If the worker writes, each function
    has its own savepoint, so that only the changes of a function that fails are rolled back.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        begin: Sequence[str],
        *,
        writes: bool,
        patience: float,
    ) -> None:
        """`connect` opens the connection, in the worker's thread. The SQL statements in `begin` start each batch.

        `writes` says whether units may write. A locked database is tried again for `patience` seconds.
        """
        self._connect = connect
        self._begin = begin
        self._writes = writes
        self._patience = patience
        self._queue: list[_Waiting] = []
        self._pump: asyncio.Task[None] | None = None
        self._refused: Exception | None = None
        self._database: sqlite3.Connection
        self.connection: aiosqlite.Connection

    async def open(self) -> None:
        """Open the connection. Raises StoreUnavailable if the database stays locked for `patience` seconds."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._patience
        while True:
            self.connection = aiosqlite.Connection(self._try_to_connect, iter_chunk_size=64)
            await self.connection
            if not (refused := self._refused):
                return
            await self.connection.close()
            if not _is(refused, _LOCKED) or clock() > deadline:
                raise StoreUnavailable(str(refused)) from refused
            await asyncio.sleep(PAUSE)

    def _try_to_connect(self) -> sqlite3.Connection:
        """Open the connection, in the worker's thread; `_refused` is the error if that failed."""
        self._refused = None
        try:
            self._database = self._connect()
        except (sqlite3.Error, OSError) as error:
            self._refused = error
            return sqlite3.connect(":memory:")  # only a connection that was made is closed with its thread
        return self._database

    async def perform(self, unit: Unit[T]) -> T:
        """Run a function in the next batch of transactions, commit, and return the function's result.

        Raises what the function raised; its changes are then undone. If the caller is cancelled before the function
        starts, the function is not run.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(unit, loop.create_future(), loop.time() + self._patience)
        self._queue.append(waiting)
        if self._pump is None:
            self._pump = loop.create_task(self._drain())
        result: T = await waiting.future
        return result

    async def alone(self, work: Callable[[sqlite3.Connection], _R]) -> _R:
        """Call `work` with the connection, in its thread and outside a transaction, and return the result."""
        # The one use of a private name: aiosqlite has no public way to run a function of ours in its thread.
        result: _R = await self.connection._execute(work, self._database)  # type: ignore[no-untyped-call]
        return result

    async def _drain(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._queue:
            batch, self._queue = self._queue[:_LARGEST_BATCH], self._queue[_LARGEST_BATCH:]
            patient: list[_Waiting] = []
            try:
                await self.alone(partial(self._settle, batch))
            except Exception as error:  # noqa: BLE001 - the batch is undone, and whoever waits must be told
                for waiting in batch:
                    if _is(error, _LOCKED) and clock() < waiting.deadline:
                        patient.append(waiting)
                    else:
                        waiting.fail(error)
            for waiting in batch:
                if waiting not in patient:
                    waiting.answer()
            if patient:
                self._queue = patient + self._queue
                await asyncio.sleep(PAUSE)
        self._pump = None

    def _settle(self, batch: Sequence[_Waiting], database: sqlite3.Connection) -> None:
        """Run the units of a batch and commit, in the connection's thread. Raises if nothing was saved."""
        try:
            for sql in self._begin:
                database.execute(sql)
            for waiting in batch:
                if not waiting.future.cancelled():
                    self._run_unit(waiting)
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise

    def _run_unit(self, waiting: _Waiting) -> None:
        if self._writes:
            self._database.execute("SAVEPOINT unit")
        tx = SqliteTransaction(self._database)
        waiting.run(tx)
        if tx.failed and not self._database.in_transaction:
            raise tx.failed  # a full disk, for one, may undo the units before this one too
        if self._writes:
            if waiting.error:
                self._database.execute("ROLLBACK TO unit")
            self._database.execute("RELEASE unit")

    async def close(self) -> None:
        """Run the transactions that wait, then close the connection."""
        if self._pump:
            await asyncio.wait({self._pump})  # if this is cancelled, the units are not
        await self.connection.close()
