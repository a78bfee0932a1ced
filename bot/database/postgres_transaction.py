"""Defines a transaction on PostgreSQL, and decides from an error of the server whether to run it again."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from bot.database.engine import OutcomeUnknown, Row, T, Transaction, Unit, speller

DATABASE_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""The exceptions that are raised when a connection cannot be made, or when work on it fails."""
_PASSING = (
    asyncpg.TransactionRollbackError,  # 40001, 40P01
    asyncpg.InvalidCachedStatementError,  # another program migrated
    asyncpg.LockNotAvailableError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # starting, or shut down
    asyncpg.InsufficientResourcesError,  # disk, memory, connections
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby, until it takes over
    asyncpg.IdleInTransactionSessionTimeoutError,  # this program stood still
    asyncpg.InternalClientError,  # the server ended the session while nothing was asked
    OSError,  # TimeoutError is one
)
_VALUE = re.compile(r'(?<=").*(?=")|(?<=\$)(\d+[^:]*: ).*(?= \()', re.DOTALL)
"""What the message of an error quotes: something in quotation marks, or a parameter before the reason in brackets."""
_R = TypeVar("_R")
_spelled = speller("postgresql")

if TYPE_CHECKING:
    Connection = PoolConnectionProxy[asyncpg.Record]


class Again(Exception):
    """The error that a transaction was undone for a temporary reason (`__cause__`) and should be run again."""


class PostgresTransaction(Transaction):
    """A transaction on PostgreSQL, given to the function that does the work."""

    __slots__ = ("_connection", "changed")
    dialect: Literal["postgresql"] = "postgresql"

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self.changed: set[str] = set()
        """The tables whose rows were changed."""
        self.failed = None

    async def perform(self, unit: Unit[T]) -> T:
        """Run a function in this transaction and return the function's result; the caller then commits or rolls back.

        Raises what the function raised. If a database error ended the transaction, that error is raised even if the
        function caught it, or Again if the error is temporary.
        """
        try:
            result = await unit(self)
        except BaseException:
            self._raise_if_passing()
            raise
        if self.failed:
            self._raise_if_passing()
            raise self.failed
        return result

    def _raise_if_passing(self) -> None:
        if self.failed is not None and is_passing(self.failed, self._connection):
            raise Again from self.failed

    async def attempt(self, call: Callable[..., Awaitable[_R]], *args: Any) -> _R:
        """Return the result of `call(*args)`; if that fails, raise its error, now and in every later call.

        Otherwise the caller could catch the error and continue, and COMMIT would roll back without an error.
        """
        if self.failed:
            raise self.failed
        try:
            return await call(*args)
        except Exception as error:
            if isinstance(error, asyncpg.PostgresError):
                quote_nothing(error)
            self.failed = error
            raise

    def _spelled(self, sql: str) -> tuple[str, tuple[str, ...]]:
        """Return a statement as PostgreSQL spells it and the names of its parameters, once it may be run."""
        text, names, changes = _spelled(sql)
        self._check(changes)
        self.changed |= changes  # by a query too, with RETURNING
        return text, names

    async def one(self, sql: str, /, **params: Any) -> Row | None:
        """Run a query and return its first row, or None if there is no row."""
        text, names = self._spelled(sql)
        return await self.attempt(self._connection.fetchrow, text, *map(params.__getitem__, names))

    async def all(self, sql: str, /, **params: Any) -> list[Row]:
        """Run a query and return all its rows."""
        text, names = self._spelled(sql)
        return [*await self.attempt(self._connection.fetch, text, *map(params.__getitem__, names))]

    async def run(self, sql: str, /, **params: Any) -> int:
        """Run a statement and return how many rows an INSERT, UPDATE or DELETE changed."""
        text, names = self._spelled(sql)
        status = await self.attempt(self._connection.execute, text, *map(params.__getitem__, names))
        changed = status.rpartition(" ")[2]  # «INSERT 0 3», «UPDATE 3», «CREATE TABLE»
        return int(changed) if changed.isdigit() else 0

    async def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each mapping of parameters in `rows`."""
        text, names = self._spelled(sql)
        if given := [[row[name] for name in names] for row in rows]:
            await self.attempt(self._connection.executemany, text, given)


def quote_nothing(error: asyncpg.PostgresError) -> None:
    """Remove from a PostgreSQL error what it quotes of a row or parameter: the log must have no personal data."""
    error.detail = None
    if isinstance(error, asyncpg.DataError):
        error.args = (_VALUE.sub(lambda value: f"{value[1] or ''}…", str(error)),)


async def begin(connection: Connection, statements: str) -> None:
    """Begin a transaction with these SQL statements. Raises Again if that fails for a temporary reason."""
    try:
        await connection.execute(statements)
    except DATABASE_ERRORS as error:
        if is_passing(error, connection):
            raise Again from error
        raise


async def commit(connection: Connection) -> None:
    """Commit a transaction.

    Raises Again if the transaction was undone for a temporary reason, and OutcomeUnknown if the server did not answer.
    """
    try:
        await connection.execute("COMMIT")
    except DATABASE_ERRORS as error:
        if _is_lost(connection) or not isinstance(error, asyncpg.PostgresError):
            raise OutcomeUnknown(str(error)) from error
        quote_nothing(error)
        if isinstance(error, _PASSING):
            raise Again from error
        raise


def is_passing(error: Exception, connection: Connection) -> bool:
    """Return whether the error that ended a transaction is temporary, so that the transaction should be run again."""
    return isinstance(error, _PASSING) or _is_lost(connection)


def _is_lost(connection: Connection) -> bool:
    """Return whether a connection has ended."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool has taken it back already
        return True
