"""Time moved forward: from one due instant to the next, so that nothing passes its grace in a jump.

It serves the demo and the rehearsal. The waits of the platforms' paces are shortened as well: that many messages leave
slowly is shown elsewhere.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.background.scheduling import Ticker
from bot.clock import ShiftedClock
from bot.database.engine import Store, Transaction
from bot.delivery import waiting_store

_LOOK_EVERY = 0.02
"""Seconds of real time."""
_HURRIED_BY = timedelta(seconds=0.25)
"""How far the clock is moved each time something is found on its way."""
_SHORTLY = timedelta(seconds=3)
"""What a message may be put off by to keep its distance from an answer: it counts as due."""
PATIENCE = 3.0
"""Seconds of real time that an instant may take to be dealt with."""


async def pass_time(
    store: Store, ticker: Ticker, clock: ShiftedClock, until: datetime, *, patience: float = PATIENCE
) -> bool:
    """Move the clock to an instant, and let the program do on the way what is due.

    False where an instant took longer than `patience` seconds: the program is in trouble, and will be late.
    """
    well = True
    while (due := await store.read(lambda tx: _next_due(tx, ticker))) is not None and due <= until:
        clock.advance(max(due - clock.now(), timedelta()))
        if not (well := await wait_until_idle(store, ticker, clock, patience=patience)):
            break
    clock.advance(max(until - clock.now(), timedelta()))
    return well


async def wait_until_idle(store: Store, ticker: Ticker, clock: ShiftedClock, *, patience: float = PATIENCE) -> bool:
    """Wait until all that is due was done and has left. False when that takes longer than `patience` seconds."""
    for _look in range(round(patience / _LOOK_EVERY)):
        if not await store.read(lambda tx: _unfinished(tx, ticker, clock.now())):
            return True
        put_off = await store.read(lambda tx: _put_off_until(tx, clock.now()))
        clock.advance(max(put_off - clock.now(), _HURRIED_BY) if put_off else _HURRIED_BY)
        await asyncio.sleep(_LOOK_EVERY)
    return False


async def _put_off_until(tx: Transaction, at: datetime) -> datetime | None:
    """When the first message leaves that keeps its distance from an answer; None where something is due already."""
    due = await waiting_store.first_due(tx)
    return due if due and at < due <= at + _SHORTLY else None


async def _next_due(tx: Transaction, ticker: Ticker) -> datetime | None:
    """When the first row is due: what the ticker releases, or the night kept back."""
    return min(
        (due for due in (await ticker.next_due(tx), await waiting_store.first_due(tx)) if due is not None), default=None
    )


async def _unfinished(tx: Transaction, ticker: Ticker, at: datetime) -> bool:
    """Whether something that was due at an instant is still to be done: released, computed, sent, or made."""
    due = await ticker.next_due(tx)
    if due is not None and due <= at:
        return True
    return await waiting_store.is_busy(tx, at + _SHORTLY)
