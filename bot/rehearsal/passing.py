"""Moves the clock of the demo and the rehearsal, stopping whenever something is due so that nothing is done too late.

Waiting for the rate limits of platforms is shortened as well.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.background.scheduling import Ticker
from bot.clock import ShiftedClock
from bot.conversation import live_screen_store
from bot.database.engine import Store, Transaction
from bot.delivery import waiting_store
from bot.platforms.web.push import push_store

_LOOK_EVERY = 0.02
"""How many seconds of real time pass between two looks at what is left to do."""
_HURRIED_BY = timedelta(seconds=0.25)
"""How far the clock is moved at each look while something is left to do."""
_SHORTLY = timedelta(seconds=3)
"""How long messages and live screens may be delayed after an answer in the same chat; these count as due."""
PATIENCE = 3.0
"""How many seconds of real time the program may take for everything that is due at one time."""


async def pass_time(
    store: Store, ticker: Ticker, clock: ShiftedClock, until: datetime, *, patience: float = PATIENCE
) -> bool:
    """Move the clock of a demo or rehearsal to `until`, and let the program do everything that becomes due on the way.

    Returns True if each time the program was done within `patience` seconds of real time. Otherwise returns False: the
    clock then jumps to `until`, and what is still due may be done late.
    """
    well = True
    while (due := await store.read(lambda tx: _next_due(tx, ticker))) is not None and due <= until:
        clock.advance(max(due - clock.now(), timedelta()))
        if not (well := await wait_until_idle(store, ticker, clock, patience=patience)):
            break
    clock.advance(max(until - clock.now(), timedelta()))
    return well


async def wait_until_idle(store: Store, ticker: Ticker, clock: ShiftedClock, *, patience: float = PATIENCE) -> bool:
    """Wait until the program has done and sent everything that is due, moving the clock a little meanwhile.

    Returns False if that takes more than `patience` seconds of real time.
    """
    for _look in range(round(patience / _LOOK_EVERY)):
        if not await store.read(lambda tx: _unfinished(tx, ticker, clock.now())):
            return True
        put_off = await store.read(lambda tx: _put_off_until(tx, clock.now()))
        clock.advance(max(put_off - clock.now(), _HURRIED_BY) if put_off else _HURRIED_BY)
        await asyncio.sleep(_LOOK_EVERY)
    return False


async def _put_off_until(tx: Transaction, at: datetime) -> datetime | None:
    """Return when the first waiting message is due, if it is within `_SHORTLY` but not yet; otherwise None."""
    due = await waiting_store.first_due(tx)
    return due if due and at < due <= at + _SHORTLY else None


async def _next_due(tx: Transaction, ticker: Ticker) -> datetime | None:
    """Return when the next thing is due: what the ticker starts, or a message that waits; None if there is nothing."""
    return min(
        (due for due in (await ticker.next_due(tx), await waiting_store.first_due(tx)) if due is not None), default=None
    )


async def _unfinished(tx: Transaction, ticker: Ticker, at: datetime) -> bool:
    """Return whether something that is due at this time is still to be done or sent."""
    due = await ticker.next_due(tx)
    if due is not None and due <= at:
        return True
    if await waiting_store.is_busy(tx, at + _SHORTLY) or await push_store.is_busy(tx, at):
        return True
    return await live_screen_store.is_busy(tx, at + _SHORTLY)
