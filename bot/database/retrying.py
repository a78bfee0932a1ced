"""Repeats work while the database is unavailable."""

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
    """Call `work` until it raises none of `errors`, and return its result; wait `seconds` between the attempts.

    After each failed attempt, `waiting` is called with the error, for instance to log it. Any other error is raised at
    once.
    """
    while True:
        try:
            return await work()
        except errors as error:
            waiting(error)
            await clock.sleep(seconds)
