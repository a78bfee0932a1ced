"""Moves time forward from one due instant to the next, so that nothing is done too late because of a large step.

Used by the demo and the rehearsal. The pauses between messages to a platform are shortened too: tests of delivery cover
them.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.background.scheduling import Ticker
from bot.clock import ShiftedClock
from bot.database.engine import Store, Transaction
from bot.delivery import waiting_store

_LOOK_EVERY = 0.02
"""Seconds of real time between two looks at the store."""
_HURRIED_BY = timedelta(seconds=0.25)
"""How far the clock is moved at each look while something is under way."""
_SHORTLY = timedelta(seconds=3)
"""Messages are put off by at most this to keep a distance from an answer; those due within it count as due now."""
PATIENCE = 3.0
"""The most seconds of real time until everything due at one instant is done."""


async def pass_time(
    store: Store, ticker: Ticker, clock: ShiftedClock, until: datetime, *, patience: float = PATIENCE
) -> bool:
    """Move the clock to an instant, and let the program do everything that becomes due on the way.

    Returns False if what was due at one instant was not done within `patience` seconds of real time: the program has a
    problem.
    """
    well = True
    while (due := await store.read(lambda tx: _next_due(tx, ticker))) is not None and due <= until:
        clock.advance(max(due - clock.now(), timedelta()))
        if not (well := await wait_until_idle(store, ticker, clock, patience=patience)):
            break
    clock.advance(max(until - clock.now(), timedelta()))
    return well


async def wait_until_idle(store: Store, ticker: Ticker, clock: ShiftedClock, *, patience: float = PATIENCE) -> bool:
    """Wait until everything due now is done and sent. Returns False if that takes more than `patience` seconds."""
    for _look in range(round(patience / _LOOK_EVERY)):
        if not await store.read(lambda tx: _unfinished(tx, ticker, clock.now())):
            return True
        put_off = await store.read(lambda tx: _put_off_until(tx, clock.now()))
        clock.advance(max(put_off - clock.now(), _HURRIED_BY) if put_off else _HURRIED_BY)
        await asyncio.sleep(_LOOK_EVERY)
    return False


async def _put_off_until(tx: Transaction, at: datetime) -> datetime | None:
    """Return when the first waiting message, put off to keep a distance from an answer, is sent.

    Returns None if a message is due already, or the first is due more than `_SHORTLY` later.
    """
    due = await waiting_store.first_due(tx)
    return due if due and at < due <= at + _SHORTLY else None


async def _next_due(tx: Transaction, ticker: Ticker) -> datetime | None:
    """Return the first instant at which the ticker or the outbox has something to do; None if there is none."""
    return min(
        (due for due in (await ticker.next_due(tx), await waiting_store.first_due(tx)) if due is not None), default=None
    )


async def _unfinished(tx: Transaction, ticker: Ticker, at: datetime) -> bool:
    """Return whether something due at an instant is still to be done."""
    due = await ticker.next_due(tx)
    if due is not None and due <= at:
        return True
    return await waiting_store.is_busy(tx, at + _SHORTLY)
