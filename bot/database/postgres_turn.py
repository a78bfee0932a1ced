"""Runs units on PostgreSQL one after the other, while nobody else writes in any program; they share one COMMIT."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import asyncpg

from bot.database.engine import T, Unit
from bot.database.postgres_transaction import DATABASE_ERRORS, Again, PostgresTransaction, begin, commit, is_passing

if TYPE_CHECKING:
    from bot.database.postgres_transaction import Connection

# LOCK TABLE takes no snapshot: what the units read was committed before.
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED; LOCK TABLE turns IN EXCLUSIVE MODE; SAVEPOINT unit"
_NEXT = "RELEASE SAVEPOINT unit; SAVEPOINT unit"
_UNDO = "ROLLBACK TO SAVEPOINT unit"
_LONGEST = 0.1
"""For how many seconds units begin that share one COMMIT: so long the first of them, and other programs, may wait."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """A unit that waits for its turn, with the future of its caller, and later the unit's result or error."""

    unit: Unit[Any]
    future: asyncio.Future[Any]
    context: Context = field(default_factory=copy_context)
    result: Any = None
    error: Exception | None = None

    async def run(self, tx: PostgresTransaction) -> None:
        """Run the unit as its caller would, and store its result or error."""
        try:
            self.result = await asyncio.create_task(tx.perform(self.unit), context=self.context)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for the caller
            self.error = error

    def answer(self) -> None:
        """Give the result or the error to the caller, unless the caller was cancelled."""
        if self.future.done():
            return
        if self.error:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Turn:
    """The units of a program that write while nobody else does, in the order in which `perform` was called.

    Those that wait at the same time, a batch, are one transaction. Each has its own savepoint, so that only a unit that
    fails is undone.
    """

    def __init__(
        self,
        connected: Callable[[], AbstractAsyncContextManager[Connection]],
        committed: Callable[[frozenset[str]], None],
    ) -> None:
        """`connected` lends a connection. `committed` is called after each COMMIT, with the changed tables."""
        self._connected = connected
        self._committed = committed
        self._queue: deque[_Waiting] = deque()
        self._pump: asyncio.Task[None] | None = None

    async def perform(self, unit: Unit[T]) -> T:
        """Run a unit when its turn comes, commit, and return its result.

        Raises what the unit raised; Again if it was undone for a temporary reason; or OutcomeUnknown. If the caller is
        cancelled before the unit's turn, the unit is not run.
        """
        waiting = _Waiting(unit, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._pump is None:
            self._pump = asyncio.create_task(self._drain())
        result: T = await waiting.future
        return result

    async def _drain(self) -> None:
        while self._queue:
            batch: list[_Waiting] = []
            try:
                async with self._connected() as connection:
                    await begin(connection, _BEGIN)
                    changed = await self._run_batch(connection, batch)
                if changed:
                    self._committed(changed)
            except Exception as error:  # noqa: BLE001 - nothing is saved, and whoever waits must be told
                if not batch:  # nobody's turn came: the server is out of reach, or another program keeps the turn
                    batch, self._queue = [*self._queue], deque()
                for waiting in batch:
                    waiting.error = waiting.error or error
            for waiting in batch:
                waiting.answer()
        self._pump = None

    async def _run_batch(self, connection: Connection, batch: list[_Waiting]) -> frozenset[str]:
        """Run units one after the other, add them to `batch`, commit, and return the tables that were changed.

        Raises Again if all of them were undone for a temporary reason, or OutcomeUnknown.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + _LONGEST
        changed: set[str] = set()
        try:
            while self._queue and clock() < until:
                waiting = self._queue.popleft()
                if waiting.future.cancelled():
                    continue
                if batch:
                    await connection.execute(_NEXT)
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
        """Finish the waiting units."""
        if self._pump:
            await self._pump
