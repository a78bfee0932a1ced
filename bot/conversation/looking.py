"""Lets a handler do what takes longer than its transaction may, because everybody else waits while it runs.

    counts = await request.look(("reach", audience), partial(store.count_reach, audience=audience))

It looks at many rows, or reads and writes files (`bot.conversation.routes.Request.keep_files`).

The handler's transaction is undone, the looking runs beside other transactions, and then the handler runs again, with
the result. So it must ask for the same, under the same key, until it is given it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Protocol, TypeAlias

from bot.database.engine import T, Transaction, Unit


class Perform(Protocol):
    """Runs units that only read, each for so short a time that others hardly wait, and returns their results."""

    async def __call__(self, unit: Unit[T], /) -> T:
        """Run one unit, and return its result."""
        ...


Look: TypeAlias = Callable[[Perform], Awaitable[T]]
"""A function that reads much, in units of a tenth of a second at most, which see the database one after the other."""


class LookFirst(Exception):
    """Says that a handler can go on only with the result of `look`, which is to be stored under `key`."""

    def __init__(self, key: Hashable, look: Look[Any]) -> None:
        super().__init__(key)
        self.key = key
        self.look = look


def within(tx: Transaction) -> Perform:
    """Return what runs units in a transaction that exists already."""

    async def perform(unit: Unit[T]) -> T:
        return await unit(tx)

    return perform
