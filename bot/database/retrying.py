"""Repeats work while the store is unavailable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.clock import Clock
from bot.database.engine import StoreUnavailable

T = TypeVar("T")


async def retry_until_available(
    work: Callable[[], Awaitable[T]],
    clock: Clock,
    seconds: float,
    waiting: Callable[[Exception], None] = lambda _error: None,
    errors: tuple[type[Exception], ...] = (StoreUnavailable,),
) -> T:
    """Do work again, after so many seconds each time, until it raises none of these errors. Returns its result.

    `waiting` is called with each such error, to log it.
    """
    while True:
        try:
            return await work()
        except errors as error:
            waiting(error)
            await clock.sleep(seconds)
