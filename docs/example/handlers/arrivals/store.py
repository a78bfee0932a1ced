"""The arrivals that participants told, at most one each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.content.names import display_name
from bot.database.engine import Row, Transaction
from handlers.arrivals.model import Arrival

_ARRIVALS = (
    "SELECT a.id, a.participant_id, a.arrives_at, a.place, p.given_name, p.family_name"
    " FROM arrivals a JOIN participants p ON p.id = a.participant_id"
)


def _arrival(row: Row) -> Arrival:
    return Arrival(
        row["id"],
        row["participant_id"],
        display_name(row["given_name"], row["family_name"]),
        from_micros(row["arrives_at"]),
        row["place"],
    )


async def add(tx: Transaction, participant_id: int, at: datetime, place: str) -> int:
    """Store the arrival of someone who has none; returns its id."""
    return await tx.value(
        int,
        "INSERT INTO arrivals (participant_id, arrives_at, place) VALUES (:participant, :at, :place) RETURNING id",
        participant=participant_id,
        at=to_micros(at),
        place=place,
    )


async def find(tx: Transaction, arrival_id: int) -> Arrival | None:
    """An arrival by its id; None once it was changed or taken back."""
    row = await tx.one(f"{_ARRIVALS} WHERE a.id = :id", id=arrival_id)
    return _arrival(row) if row else None


async def of_person(tx: Transaction, participant_id: int) -> Arrival | None:
    """What someone said of their arrival; None for nothing."""
    row = await tx.one(f"{_ARRIVALS} WHERE a.participant_id = :participant", participant=participant_id)
    return _arrival(row) if row else None


async def to_come(tx: Transaction, now: datetime) -> Sequence[Arrival]:
    """Who is still to arrive, the earliest first, without those who left the gathering."""
    rows = await tx.all(
        f"{_ARRIVALS} WHERE a.arrives_at > :now AND p.status = 'joined' ORDER BY a.arrives_at, a.id",
        now=to_micros(now),
    )
    return [_arrival(row) for row in rows]


async def delete(tx: Transaction, arrival_id: int) -> None:
    """Delete an arrival."""
    await tx.run("DELETE FROM arrivals WHERE id = :id", id=arrival_id)
