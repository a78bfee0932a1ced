"""The duties that one of several programs has for all that receive from a platform at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot.background.leases import LeaseLost, lease
from bot.clock import Clock
from bot.database.engine import Store

log = structlog.get_logger()

_LOOKED_EVERY = 3.0
"""Seconds between two looks for what a program has left that was killed."""


async def in_one_program(
    store: Store,
    clock: Clock,
    name: str,
    look: Callable[[], Awaitable[None]],
    begin: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Hold the lease `name`, call `begin` when it was taken and `look` again and again, until cancelled.

    Where programs cannot be told apart there is nobody else to look after: `look` is called once. What it raises is
    logged, and does not end what this program serves meanwhile. Raises what `begin` raises.
    """
    while True:
        with suppress(LeaseLost):
            async with lease(store, clock, name=name):
                if begin:
                    await begin()
                while True:
                    try:
                        await look()
                    except Exception:
                        log.exception("duties.look_failed", lease=name)
                    while store.program is None:
                        await asyncio.Event().wait()
                    await clock.sleep(_LOOKED_EVERY)
