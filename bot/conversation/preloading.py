"""Lets a handler do work that takes longer than its transaction may, because other transactions wait for it.

    counts = await request.preload(("reach", audience), partial(store.count_reach, audience=audience))

Such work looks at many rows, or reads and writes files (`bot.conversation.routes.Request.keep_files`).

The handler's transaction is undone, the work is done beside other transactions, and then the handler runs again, with
the result. So the handler must ask for the same work, under the same key, until it gets the result.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from bot.database.engine import Store, T, Transaction, Unit

_AT_ONCE = 2
"""How many units of one preload run at the same time: more would leave too little of the server for other people."""


class Perform(Protocol):
    """Runs units, functions that get a transaction and only read, and returns their results.

    Each unit must be so short that other transactions hardly wait.
    """

    async def __call__(self, unit: Unit[T], /) -> T:
        """Run one unit, and return its result."""
        ...

    async def each(self, units: Sequence[Unit[T]], /) -> Sequence[T]:
        """Run units that do not need each other's results, at the same time if possible, and return their results.

        A unit is a function that gets a transaction. The results are in the order of the units.
        """
        ...


Preload: TypeAlias = Callable[[Perform], Awaitable[T]]
"""A function that reads much, in units of at most 0.1 s; the units may see different states of the database."""


class NeedsPreload(Exception):
    """The signal that a handler needs something that takes long to read, before it can answer.

    The dispatcher runs `look`, the function that reads this, and then calls the handler again. The handler finds the
    result under `key`.
    """

    def __init__(self, key: Hashable, look: Preload[Any]) -> None:
        super().__init__(key)
        self.key = key
        self.look = look


@dataclass(frozen=True, slots=True)
class PerformBeside:
    """Runs units, functions that get a transaction and only read, in parallel with other transactions of a store."""

    store: Store

    async def __call__(self, unit: Unit[T], /) -> T:
        """Run one unit, and return its result."""
        return await self.store.read(unit)

    async def each(self, units: Sequence[Unit[T]], /) -> Sequence[T]:
        """Run units, functions that get a transaction, a few at the same time, and return their results.

        The results are in the order of the units.
        """
        results: dict[int, T] = {}
        left = iter(enumerate(units))

        async def perform() -> None:
            for number, unit in left:
                results[number] = await self.store.read(unit)

        try:
            async with asyncio.TaskGroup() as tasks:  # if one unit fails, no further one begins
                for _task in range(_AT_ONCE):
                    tasks.create_task(perform())
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
        return [results[number] for number in range(len(units))]


@dataclass(frozen=True, slots=True)
class PerformWithin:
    """Runs units, functions that get a transaction, one after the other inside a transaction that is already open."""

    tx: Transaction

    async def __call__(self, unit: Unit[T], /) -> T:
        """Run one unit, and return its result."""
        return await unit(self.tx)

    async def each(self, units: Sequence[Unit[T]], /) -> Sequence[T]:
        """Run units, functions that get a transaction, one after the other; return their results in order."""
        return [await unit(self.tx) for unit in units]
