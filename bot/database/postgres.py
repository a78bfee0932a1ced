"""The store on PostgreSQL: transactions run in parallel, or one after the other while they conflict."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import asyncpg

from bot.backoff import Backoff
from bot.database import postgres_tools
from bot.database.engine import PATIENCE, Store, StoreUnavailable, T, Transaction, Unit
from bot.database.postgres_sessions import SESSION, SILENCE, PostgresListening, answers, keep_alive, locked
from bot.database.postgres_transaction import DATABASE_ERRORS, Again, PostgresTransaction, begin, commit
from bot.database.postgres_turn import Turn

if TYPE_CHECKING:
    from bot.database.postgres_transaction import Connection

_MIGRATING = 0x52656E63
"""The number of the advisory lock of whoever changes the tables."""
_BACKOFF = Backoff(first=0.002, longest=0.1, jitter=1.0)
_TRIES = 8
"""How often a unit that conflicts with others is tried at least, even if that takes longer than `PATIENCE`."""
_LOOK_EVERY = timedelta(minutes=1)
"""How often a program looks for work of other programs that notify it; their notices can be lost on the way."""
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL plan_cache_mode = force_custom_plan"
"""How a unit begins that only reads, perhaps much: each statement is planned for the rows that exist now.

A plan made when a table was empty would read the whole table for each person. That would take minutes after an
announcement to a hundred thousand people, until the server has analysed the table.
"""
_SIDE_BY_SIDE = "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE turns IN ROW SHARE MODE"
"""How a unit begins that may run in parallel; PostgreSQL undoes units that would have a different result one by one."""
_PREPARING = f"BEGIN; SELECT pg_advisory_xact_lock({_MIGRATING})"
_AT_ONCE = 8
"""How many units run in parallel: fewer than there are connections, because units that only read need some too."""
_FEWEST_IN_TURN, _MOST_IN_TURN = 16, 1024
"""How many units are run one after the other after a conflict: the first time, and at most."""


class Caution:
    """Decides whether PostgreSQL transactions run in parallel, or one after the other after a conflict.

    After a conflict, a certain number of transactions run one after the other; then they run in parallel again. Each
    further conflict doubles the number, up to a limit.
    """

    def __init__(self) -> None:
        self._in_turn = 0
        self._next = _FEWEST_IN_TURN

    def side_by_side(self) -> bool:
        """Return True if the next transaction may run in parallel with others, False if it must run alone."""
        if self._in_turn:
            self._in_turn -= 1
            return False
        self._next = max(_FEWEST_IN_TURN, self._next - 1)
        return True

    def conflict(self) -> None:
        """Record that a transaction which ran in parallel with others was undone because of a conflict."""
        if not self._in_turn:
            self._in_turn, self._next = self._next, min(2 * self._next, _MOST_IN_TURN)


class PostgresStore(Store):
    """A database on a PostgreSQL server, which is accessed through a pool of connections."""

    dialect: Literal["postgresql"] = "postgresql"
    program: str

    def __init__(self, url: str, pool: asyncpg.Pool[asyncpg.Record], patience: float, silence: float) -> None:
        self.program = secrets.token_hex(4)
        self._url = url
        self._pool = pool
        self._patience = patience
        self._silence = silence
        self._beside = asyncio.Semaphore(_AT_ONCE)
        self._turn = Turn(self._connected, lambda changed: self._committed(changed))
        self._caution = Caution()
        self._listening: PostgresListening | None = None
        self._committed: Callable[[frozenset[str]], None] = lambda _changed: None

    @classmethod
    async def open(cls, url: str, *, patience: float = PATIENCE, silence: float = SILENCE) -> PostgresStore:
        """Connect to the database at a URL and return its store.

        A failing transaction is tried again for `patience` seconds. A connection is closed if the server answers nobody
        for `silence` seconds. A transaction in which the program sends no statement for `silence` seconds is undone and
        run again.
        """
        pool = await asyncpg.create_pool(
            url,
            min_size=0,
            max_inactive_connection_lifetime=0,
            timeout=patience,
            statement_cache_size=512,
            server_settings=SESSION
            | {
                "jit": "off",  # compiling what asks for thousands of people takes longer than asking
                # What is asked for is in memory, or on a disk without moving parts: a few thousand people are looked up
                # by an index, not by reading all accounts.
                "random_page_cost": "1.1",
                "lock_timeout": str(round(patience * 1000)),
                # a program that stops in the middle of a unit may have the turn, for which all others wait
                "idle_in_transaction_session_timeout": str(round(silence * 1000)),
            },
            reset=_reset_nothing,
            init=_keep_alive,
        )
        store = cls(url, pool, patience, silence)
        try:
            # Only where it is missing: another program may be migrating, which takes longer than anybody's patience.
            if not await store.read(_has_turns):
                await store._perform(lambda _overtaken: store._attempt(_make_turns, _PREPARING))
        except BaseException:
            await pool.close()
            raise
        return store

    async def transact(self, unit: Unit[T]) -> T:
        """Run a function as a serialisable transaction, commit, and return the function's result.

        Transactions run in parallel as long as they do not conflict, otherwise one after the other. Raises what the
        function raised, and StoreUnavailable if the database cannot be used for too long; nothing is then saved. Raises
        OutcomeUnknown if the connection broke during the commit.
        """
        return await self._perform(lambda overtaken: self._write(unit, in_turn=overtaken))

    async def read(self, unit: Unit[T]) -> T:
        """Run a function that only reads, on one snapshot of committed data, and return the function's result."""
        return await self._perform(lambda _overtaken: self._attempt(unit, _READING))

    async def _perform(self, attempt: Callable[[bool], Awaitable[T]]) -> T:
        """Call `attempt` until it raises something else than Again, or patience has run out.

        It is told whether the last attempt was undone because other units were committed first.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._patience
        tries, overtaken = 0, False
        while True:
            tries += 1
            try:
                return await attempt(overtaken)
            except Again as again:
                overtaken = isinstance(again.__cause__, asyncpg.TransactionRollbackError)
                if clock() > deadline and not (overtaken and tries < _TRIES):
                    raise StoreUnavailable(str(again.__cause__)) from again.__cause__
            await asyncio.sleep(_BACKOFF.after(tries))

    async def _write(self, unit: Unit[T], *, in_turn: bool) -> T:
        """Run a unit that writes beside others, or if it must be `in_turn`, or they conflict, when its turn comes."""
        if not in_turn:
            async with self._beside:
                if self._caution.side_by_side():  # asked when its time has come: those before may have conflicted
                    try:
                        return await self._attempt(unit, _SIDE_BY_SIDE)
                    except Again as again:
                        if isinstance(again.__cause__, asyncpg.TransactionRollbackError):
                            self._caution.conflict()
                        raise
        return await self._turn.perform(unit)

    async def _attempt(self, unit: Unit[T], beginning: str) -> T:
        """Run a unit once in a transaction that begins with these statements, and commit."""
        async with self._connected() as connection:
            await begin(connection, beginning)
            tx = PostgresTransaction(connection)
            result = await tx.perform(unit)
            await commit(connection)
        if tx.changed:
            self._committed(frozenset(tx.changed))
        return result

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        """Lend a connection of the pool; what is not committed when the body fails is undone.

        Raises Again if there is no connection.
        """
        try:
            connection = await self._pool.acquire(timeout=self._patience)
        except DATABASE_ERRORS as error:
            raise Again from error
        watching = asyncio.create_task(self._end_if_silent(connection))
        try:
            yield connection
        except BaseException as error:
            with suppress(*DATABASE_ERRORS):
                await connection.execute("ROLLBACK")
            if isinstance(error.__cause__, asyncpg.ReadOnlySQLTransactionError):
                connection.terminate()  # another server may have taken over, to which a new connection leads
            raise
        finally:
            watching.cancel()
            await self._release(connection)

    async def _end_if_silent(self, connection: Connection) -> None:
        """End a connection, which is an error for the statement that waits for it, if the server answers nobody."""
        while True:
            await asyncio.sleep(self._silence / 2)
            if not await answers(self._url, self._silence / 2):
                connection.terminate()
                return

    async def _release(self, connection: Connection) -> None:
        """Give a connection back to the pool; one that cannot be given back is ended, which is no error of the unit."""
        try:
            if connection.is_in_transaction():  # the ROLLBACK did not get through
                connection.terminate()
            await self._pool.release(connection)
        except DATABASE_ERRORS:
            with suppress(*DATABASE_ERRORS):
                connection.terminate()

    def pause(self, usual: timedelta) -> timedelta:
        """Return how long a part of the program may wait before it looks for work that it was not notified of.

        This is the `usual` time, or a minute as long as the other programs send a notice of each commit.
        """
        return _LOOK_EVERY if self._listening and self._listening.connected else usual

    def listening(self, heard: Callable[[str], None], committed: Callable[[frozenset[str]], None]) -> PostgresListening:
        """Return an object that sends texts to other programs on this database, and calls `heard` with their texts.

        After each COMMIT of this program, `committed` is called with the names of the tables whose rows were changed.
        """
        self._committed = committed
        self._listening = PostgresListening(self._url, self.program, heard, self._silence)
        return self._listening

    def locked(self, name: str, lost: Callable[[], None]) -> AbstractAsyncContextManager[int]:
        """Return a context manager that waits for the lock `name`, and holds it inside the `async with` block.

        Only one program has the lock at a time. The `async with` yields the id of the database session that has it. If
        the lock is lost inside the block, `lost` is called.
        """
        return locked(self._url, name, lost)

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[None]:
        """Keep other programs from migrating the database inside the `async with` block, by an advisory lock."""
        try:
            connection = await asyncpg.connect(self._url, timeout=self._patience)
        except DATABASE_ERRORS as error:
            raise StoreUnavailable(str(error)) from error
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", _MIGRATING)
            yield
        finally:
            await connection.close()

    async def erase_traces(self) -> None:
        """Do nothing: PostgreSQL reuses its write-ahead log and removes deleted rows (VACUUM) by itself."""

    async def backup(self, target: Path) -> None:
        """Copy the present state of the database to a new file, by pg_dump.

        Raises FileExistsError if the file exists, and ToolFailed if pg_dump fails.
        """
        await postgres_tools.dump(self._url, target)

    async def close(self) -> None:
        """Wait until all transactions are finished, and close all connections."""
        await self._turn.close()
        await self._pool.close()


async def _has_turns(tx: Transaction) -> bool:
    """Return whether there is the table whose locks say who writes."""
    row = await tx.one("SELECT to_regclass('turns') AS name")
    return row is not None and row["name"] is not None


async def _make_turns(tx: Transaction) -> None:
    """Make the table whose locks say who writes. It has no rows or columns."""
    if not await _has_turns(tx):  # another program may have made it meanwhile
        await tx.run("CREATE TABLE turns ()")


async def _keep_alive(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    keep_alive(connection)


async def _reset_nothing(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Do nothing when a connection returns to the pool: no unit changes session state, and a reset costs time."""
