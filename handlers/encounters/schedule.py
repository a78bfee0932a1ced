"""Begins the next seating of encounters when one is over."""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.database.engine import Transaction
from handlers.encounters import store
from handlers.encounters.service import go_on


class SeatingClock:
    """A source of due work (`bot.background.scheduling.Source`): begins the next seating, or ends the session."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: a seating that ended while the program was down is still due."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the present seating ends; None if none is going on."""
        encounter = await store.next_to_end(tx)
        return encounter.ends_at if encounter else None

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Begin the next seating of one session whose seating is over; return None if none is."""
        encounter = await store.next_to_end(tx)
        if encounter is None or encounter.ends_at is None or encounter.ends_at > now:
            return None
        await go_on(tx, encounter, now)
        return Released(1)
