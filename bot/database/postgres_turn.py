"""Runs units of work on PostgreSQL one after the other, while no other program writes; they share one COMMIT."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from contextvars import Context
from typing import TYPE_CHECKING

import asyncpg

from bot.database.engine import T, Unit, WaitingUnit
from bot.database.postgres_transaction import DATABASE_ERRORS, Again, PostgresTransaction, begin, commit, is_passing

if TYPE_CHECKING:
    from bot.database.postgres_transaction import Connection

# LOCK TABLE takes no snapshot: what the units read was committed before.
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED; LOCK TABLE turns IN EXCLUSIVE MODE; SAVEPOINT unit"
_NEXT = "RELEASE SAVEPOINT unit; SAVEPOINT unit"
_UNDO = "ROLLBACK TO SAVEPOINT unit"
_LONGEST = 0.1
"""For how many seconds units begin that share one COMMIT: so long the first of them, and other programs, may wait."""


class _Waiting(WaitingUnit):
    """A unit that runs as a task of the event loop."""

    async def run(self, tx: PostgresTransaction) -> None:
        """Run the unit of work, and store its result or error. If its caller is cancelled, the unit is cancelled too.

        Then its error is that it was cancelled. The units of work that wait behind it run nevertheless.
        """
        task = asyncio.create_task(tx.perform(self.unit), context=self.context)
        self.future.add_done_callback(lambda _cancelled: task.cancel())
        try:
            await asyncio.wait({task})
            self.result = task.result()
        except (Exception, asyncio.CancelledError) as error:  # whatever it is, it is for the caller
            if not task.done():  # the turn itself is cancelled
                task.cancel()
                raise
            self.error = error


class Turn:
    """Runs a program's units of work one after the other, while no other program writes to the database.

    All units that wait at the same time are run in one transaction. Each has its own savepoint, so that only the
    changes of a unit that fails are undone.
    """

    def __init__(
        self,
        connected: Callable[[], AbstractAsyncContextManager[Connection]],
        committed: Callable[[frozenset[str]], None],
    ) -> None:
        """`connected` lends a connection. `committed` is called after each COMMIT, with the names of changed tables."""
        self._connected = connected
        self._committed = committed
        self._queue: deque[_Waiting] = deque()
        self._pump: asyncio.Task[None] | None = None

    async def perform(self, unit: Unit[T]) -> T:
        """Run a function after all functions that were given earlier, commit, and return its result.

        Raises what the function raised; its changes are then not saved. Raises Again if the function was undone for a
        temporary reason, and OutcomeUnknown if the server did not answer the commit. If the caller is cancelled before
        the function starts, the function is not run; if it is already running, it is cancelled and undone.
        """
        waiting = _Waiting(unit, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._pump is None:
            # In a context of its own: what it does is not done for the caller who came first.
            self._pump = asyncio.create_task(self._drain(), context=Context())
        result: T = await waiting.future
        return result

    async def _drain(self) -> None:
        batch: list[_Waiting] = []
        try:
            while self._queue:
                batch = []
                await self._settle(batch)
                for waiting in batch:
                    waiting.answer()
        finally:  # also if this is cancelled, when nobody may wait for ever
            self._pump = None
            for waiting in (*batch, *self._queue):
                waiting.future.cancel()  # unless it is answered
            self._queue.clear()

    async def _settle(self, batch: list[_Waiting]) -> None:
        """Take units from the queue into `batch`, run them, and commit; each has its result or error then."""
        try:
            async with self._connected() as connection:
                await begin(connection, _BEGIN)
                changed = await self._run_batch(connection, batch)
            if changed:
                self._committed(changed)
        except Exception as error:  # noqa: BLE001 - nothing is saved, and whoever waits must be told
            if not batch:  # nobody's turn came: the server is out of reach, or another program keeps the turn
                batch += self._queue
                self._queue.clear()
            for waiting in batch:
                # One that refused may have done so for what another did, which is undone: it is run again as well.
                waiting.error = error if isinstance(error, Again) else waiting.error or error

    async def _run_batch(self, connection: Connection, batch: list[_Waiting]) -> frozenset[str]:
        """Run units one after the other, add them to `batch`, commit, and return the tables that were changed.

        Raises Again if all of them were undone for a temporary reason, or OutcomeUnknown.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + _LONGEST
        changed: set[str] = set()
        try:
            while self._queue and clock() < until:
                if self._queue[0].future.cancelled():
                    self._queue.popleft()
                    continue
                if batch:
                    await connection.execute(_NEXT)  # if this fails, the next unit is still in the queue
                waiting = self._queue.popleft()
                batch.append(waiting)
                tx = PostgresTransaction(connection)
                await waiting.run(tx)
                if waiting.error:
                    await connection.execute(_UNDO)
                else:
                    changed |= tx.changed
        except DATABASE_ERRORS as error:
            if is_passing(error, connection):
                raise Again from error
            raise
        try:
            await commit(connection)
        except asyncpg.PostgresError as error:
            if len(batch) > 1:  # refused for what one of them did: they are tried again, with others or alone
                raise Again from error
            raise
        return frozenset(changed)

    async def close(self) -> None:
        """Wait until all functions that were given to `perform` have been run."""
        if self._pump:
            await asyncio.wait({self._pump})  # if this is cancelled, the units are not
