"""Time moved forward in the demo: from one due instant to the next, so that nothing passes its grace in a jump."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.clock import ShiftedClock, to_micros
from bot.storage import announcements, calls, campaigns, phase_runs, reminders
from bot.storage.engine import Store, Transaction

_LOOK_EVERY = 0.02
_LONGEST = 3.0
"""Seconds of real time that an instant may take to be dealt with."""


async def pass_time(store: Store, clock: ShiftedClock, until: datetime) -> None:
    """Move the clock to an instant, and let the program do on the way what is due."""
    while (due := await store.read(_next_due)) is not None and due <= until:
        clock.advance(max(due - clock.now(), timedelta()))
        if not await _dealt_with(store, due):
            break  # it is in trouble, and will be late
    clock.advance(max(until - clock.now(), timedelta()))


async def _dealt_with(store: Store, due: datetime) -> bool:
    """Wait until all that is due was released, and has left. False when that takes too long."""
    for _look in range(round(_LONGEST / _LOOK_EVERY)):
        following = await store.read(_next_due)
        if (following is None or following > due) and not await store.read(lambda tx: _leaves(tx, due)):
            return True
        await asyncio.sleep(_LOOK_EVERY)
    return False


async def _next_due(tx: Transaction) -> datetime | None:
    """When the first row is due that the ticker releases."""
    dues = (
        await reminders.next_due(tx),
        await announcements.next_due(tx),
        await campaigns.next_end(tx),
        await phase_runs.next_due(tx),
        await calls.next_escalation(tx),
    )
    return min((due for due in dues if due is not None), default=None)


async def _leaves(tx: Transaction, due: datetime) -> bool:
    """Whether something is still to leave at an instant."""
    found = await tx.one(
        "SELECT 1 AS found FROM deliveries WHERE state IN ('waiting', 'sending') AND due_at <= :due LIMIT 1",
        due=to_micros(due),
    )
    return found is not None
