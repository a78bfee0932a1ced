"""The store on PostgreSQL: each unit is a serialisable transaction, repeated if it conflicts with another one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from bot.backoff import Backoff
from bot.database import postgres_tools
from bot.database.engine import PATIENCE, OutcomeUnknown, Row, Store, StoreUnavailable, T, Transaction, Unit, speller

_MIGRATING = 0x52656E63  # the number of our advisory lock
_BACKOFF = Backoff(first=0.002, longest=0.1, jitter=1.0)
_TRIES = 8
"""The fewest tries of a unit that conflicts with others, because a long one may be rolled back each time."""
_SILENCE = 30.0  # seconds after which a statement is given up

_DATABASE_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
_PASSING = (
    asyncpg.TransactionRollbackError,  # 40001, 40P01
    asyncpg.InvalidCachedStatementError,  # another program migrated
    asyncpg.LockNotAvailableError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # starting, or shut down
    asyncpg.InsufficientResourcesError,  # disk, memory, connections
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby, until it takes over
    OSError,  # TimeoutError is one
)
_Isolation: TypeAlias = Literal["serializable", "repeatable_read"]
_R = TypeVar("_R")
_spelled = speller("postgresql")


class _Again(Exception):
    """A unit was undone for a temporary reason, its cause, and should be tried again."""


class PostgresTransaction(Transaction):
    """The transaction in which a unit works on PostgreSQL."""

    __slots__ = ("_connection", "failed")
    dialect: Literal["postgresql"] = "postgresql"

    def __init__(self, connection: PoolConnectionProxy[asyncpg.Record]) -> None:
        super().__init__()
        self._connection = connection
        self.failed: Exception | None = None

    @property
    def may_pass(self) -> bool:
        """Return whether the error that ended the transaction is temporary, so that the unit should be tried again."""
        return self.failed is not None and (isinstance(self.failed, _PASSING) or _is_lost(self._connection))

    async def attempt(self, call: Callable[..., Awaitable[_R]], *args: Any) -> _R:
        """Return the result of `call(*args)`; an error of it is stored in `failed` and raised by every later call.

        Otherwise a unit that catches the error would go on, and COMMIT would roll back without raising anything.
        """
        if self.failed:
            raise self.failed
        try:
            return await call(*args)
        except Exception as error:
            if isinstance(error, asyncpg.PostgresError):
                error.detail = None  # it quotes the row, which may be a person's, and would stand in the log
            self.failed = error
            raise

    async def one(self, sql: str, /, **params: Any) -> Row | None:
        """Run a query and return its first row, or None if there is no row."""
        text, names = _spelled(sql)
        return await self.attempt(self._connection.fetchrow, text, *map(params.__getitem__, names))

    async def all(self, sql: str, /, **params: Any) -> list[Row]:
        """Run a query and return all its rows."""
        text, names = _spelled(sql)
        return [*await self.attempt(self._connection.fetch, text, *map(params.__getitem__, names))]

    async def run(self, sql: str, /, **params: Any) -> int:
        """Run a statement and return how many rows an INSERT, UPDATE or DELETE changed."""
        text, names = _spelled(sql)
        status = await self.attempt(self._connection.execute, text, *map(params.__getitem__, names))
        changed = status.rpartition(" ")[2]  # «INSERT 0 3», «UPDATE 3», «CREATE TABLE»
        return int(changed) if changed.isdigit() else 0

    async def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each mapping of parameters in `rows`."""
        text, names = _spelled(sql)
        if given := [[row[name] for name in names] for row in rows]:
            await self.attempt(self._connection.executemany, text, given)


class PostgresStore(Store):
    """A store on a PostgreSQL server, which is accessed through a pool of connections."""

    dialect: Literal["postgresql"] = "postgresql"

    def __init__(self, url: str, pool: asyncpg.Pool[asyncpg.Record], patience: float) -> None:
        self._url = url
        self._pool = pool
        self._patience = patience

    @classmethod
    async def open(cls, url: str, *, patience: float = PATIENCE) -> PostgresStore:
        """Connect to a database and return its store; a failing unit is tried again for `patience` seconds."""
        pool = await asyncpg.create_pool(
            url,
            min_size=0,
            max_inactive_connection_lifetime=0,
            timeout=patience,
            command_timeout=_SILENCE,
            statement_cache_size=512,
            server_settings={"application_name": "rencontres", "lock_timeout": str(round(patience * 1000))},
            reset=_keep,
        )
        store = cls(url, pool, patience)
        try:
            await store.read(_greet)
        except BaseException:
            await pool.close()
            raise
        return store

    async def transact(self, unit: Unit[T]) -> T:
        """Run a unit as a serialisable transaction, commit, and return the unit's result."""
        return await self._perform(unit, "serializable")

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads, on one snapshot of committed data, and return the unit's result."""
        return await self._perform(unit, "repeatable_read")

    async def _perform(self, unit: Unit[T], isolation: _Isolation) -> T:
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._patience
        tries = 0
        while True:
            tries += 1
            try:
                return await self._attempt(unit, isolation)
            except _Again as again:
                overtaken = isinstance(again.__cause__, asyncpg.TransactionRollbackError)
                if clock() > deadline and not (overtaken and tries < _TRIES):
                    raise StoreUnavailable(str(again.__cause__)) from again.__cause__
            await asyncio.sleep(_BACKOFF.after(tries))

    async def _attempt(self, unit: Unit[T], isolation: _Isolation) -> T:
        try:
            connection = await self._pool.acquire(timeout=self._patience)
        except _DATABASE_ERRORS as error:
            raise _Again from error
        try:
            tx = PostgresTransaction(connection)
            transaction = connection.transaction(isolation=isolation, readonly=isolation != "serializable")
            try:
                await tx.attempt(transaction.start)
                result = await unit(tx)
                if tx.failed:  # the unit caught what ended its transaction, and went on
                    raise tx.failed
            except BaseException:
                with suppress(*_DATABASE_ERRORS):
                    await transaction.rollback()
                if tx.may_pass:
                    raise _Again from tx.failed
                raise
            try:
                await transaction.commit()
            except _DATABASE_ERRORS as error:
                if _is_lost(connection) or not isinstance(error, asyncpg.PostgresError):  # no answer to the COMMIT
                    raise OutcomeUnknown(str(error)) from error
                if isinstance(error, _PASSING):
                    raise _Again from error
                raise
            return result
        finally:
            await self._pool.release(connection)

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[None]:
        """Keep other programs from migrating while the body runs, by an advisory lock on a separate connection."""
        try:
            connection = await asyncpg.connect(self._url, timeout=self._patience)
        except _DATABASE_ERRORS as error:
            raise StoreUnavailable(str(error)) from error
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", _MIGRATING)
            yield
        finally:
            await connection.close()

    async def erase_traces(self) -> None:
        """Do nothing: PostgreSQL reuses its log and vacuums its tables by itself."""

    async def backup(self, target: Path) -> None:
        """Copy the database as it is now to a new file, by pg_dump. Raises FileExistsError and ToolFailed."""
        await postgres_tools.dump(self._url, target)

    async def close(self) -> None:
        """Finish the units that are running, and close all connections."""
        await self._pool.close()


def _is_lost(connection: PoolConnectionProxy[asyncpg.Record]) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it back already
        return True


async def _greet(tx: Transaction) -> None:
    await tx.one("SELECT 1")


async def _keep(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Do nothing when a connection returns to the pool: no unit changes session state, and a reset costs time."""
