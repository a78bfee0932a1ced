"""Runs a task in only one of the programs that receive from a platform.

Such a task is to answer people to whom a program that was killed owes an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from bot.background.leases import LeaseLost, lease
from bot.clock import Clock
from bot.database.engine import Store

log = structlog.get_logger()

_FIRST_LOOK = 0.5
"""Seconds of real time before the first look: the database server needs them to notice that a program was killed."""
_LOOKED_EVERY = 3.0
"""Seconds of real time between two looks for work that a killed program has left undone."""

Duty = Callable[[], Awaitable[None]]


async def in_one_program(store: Store, clock: Clock, name: str, begin: Duty, look: Duty) -> None:
    """Call the function `begin`, then call `look` every few seconds, until cancelled.

    Only one program at a time does this: the one that holds the lease `name`. Any other program waits for the lease,
    and then calls `begin` too. Raises what `begin` raises; an error of `look` is logged.
    """
    while True:
        with suppress(LeaseLost):
            async with lease(store, clock, name=name):
                await begin()
                await _look_again(store, look)


@asynccontextmanager
async def looking_again(store: Store, look: Duty) -> AsyncIterator[None]:
    """Call the function `look` every few seconds while the `async with` block runs.

    The caller must make sure that no other program does the same.
    """
    looking = asyncio.create_task(_look_again(store, look))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait({looking})


async def _look_again(store: Store, look: Duty) -> None:
    """Call `look` every few seconds, until cancelled. What it raises is logged, and ends nothing else.

    Where programs cannot be told apart it is never called: who was not answered may be about to be.
    """
    while store.program is None:
        await asyncio.Event().wait()
    pause = _FIRST_LOOK
    while True:
        await asyncio.sleep(pause)
        pause = _LOOKED_EVERY
        try:
            await look()
        except Exception:
            log.exception("duties.look_failed")
