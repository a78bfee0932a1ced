"""Announcing an arrival and taking it back; its reminder follows in the same transaction."""

from __future__ import annotations

from datetime import datetime

from bot.background import reminding
from bot.database.engine import Transaction
from handlers.arrivals import store
from handlers.arrivals.model import REMINDED_BEFORE, reminder_subject


async def announce(tx: Transaction, participant_id: int, at: datetime, place: str, zone: str, now: datetime) -> None:
    """Store someone's arrival, instead of what they announced before, and plan its reminder.

    `zone` is the gathering's.
    """
    await take_back(tx, participant_id)
    arrival_id = await store.add(tx, participant_id, at, place)
    await reminding.schedule(tx, reminder_subject(arrival_id), at, zone, [REMINDED_BEFORE], now)


async def take_back(tx: Transaction, participant_id: int) -> bool:
    """Delete someone's arrival and call its reminder back. Returns False when there was none."""
    arrival = await store.of_person(tx, participant_id)
    if arrival is None:
        return False
    await reminding.unschedule(tx, reminder_subject(arrival.id))
    await store.delete(tx, arrival.id)
    return True
