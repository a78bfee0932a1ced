"""Which groups count now: those of today's round."""

from __future__ import annotations

from datetime import date

from bot.database.engine import Transaction
from handlers.groups import store
from handlers.groups.model import Round


async def round_of_the_day(tx: Transaction, today: date) -> Round | None:
    """The published round of `today` at the venue, else the next, else the last; None before any is published."""
    published = [round_ for round_ in await store.rounds(tx) if round_.published]
    return next((round_ for round_ in published if round_.day >= today), published[-1] if published else None)
