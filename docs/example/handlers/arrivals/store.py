"""The arrivals that participants announced, at most one each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from handlers.arrivals.model import Arrival

_ARRIVALS = (
    "SELECT a.id, a.participant_id, p.given_name, p.family_name, a.happens_at AS at, a.place"
    " FROM arrivals a JOIN participants p ON p.id = a.participant_id"
)


async def add(tx: Transaction, participant_id: int, at: datetime, place: str) -> int:
    """Store the arrival of someone who has none; returns its id."""
    return await tx.value(
        int,
        "INSERT INTO arrivals (participant_id, happens_at, place) VALUES (:participant, :at, :place) RETURNING id",
        participant=participant_id,
        at=to_micros(at),
        place=place,
    )


async def find(tx: Transaction, arrival_id: int) -> Arrival | None:
    """An arrival by its id; None once it was changed or taken back."""
    return await tx.row(Arrival, f"{_ARRIVALS} WHERE a.id = :id", id=arrival_id)


async def of_person(tx: Transaction, participant_id: int) -> Arrival | None:
    """Someone's arrival; None where they announced nothing."""
    return await tx.row(Arrival, f"{_ARRIVALS} WHERE a.participant_id = :participant", participant=participant_id)


async def to_come(tx: Transaction, now: datetime) -> Sequence[Arrival]:
    """The arrivals still to come, the earliest first, without people who left the gathering."""
    return await tx.rows(
        Arrival,
        f"{_ARRIVALS} WHERE a.happens_at > :now AND p.status = 'joined' ORDER BY a.happens_at, a.id",
        now=to_micros(now),
    )


async def delete(tx: Transaction, arrival_id: int) -> None:
    """Delete an arrival."""
    await tx.run("DELETE FROM arrivals WHERE id = :id", id=arrival_id)
