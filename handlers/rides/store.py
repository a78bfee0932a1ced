"""The SQL of offered rides, and of people who have a seat in them or have asked for one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.people import ending_store
from bot.people.declared import Declared, Ending, ending_of_rows
from handlers.initiatives.store.contacts import blocked
from handlers.rides.model import RIDE, Passenger, Ride, RideOffer

_RIDES = (
    "SELECT r.back, r.place, r.leaves_at, r.seats, r.id, r.driver_id, d.given_name, d.family_name,"
    " (SELECT COUNT(*) FROM ride_passengers t WHERE t.ride_id = r.id AND t.accepted = 1) AS taken,"
    " (SELECT COUNT(*) FROM ride_passengers w WHERE w.ride_id = r.id AND w.accepted = 0) AS asking,"
    " r.driver_id = :reader AS drives, m.accepted,"
    f" CASE WHEN {blocked(':reader', 'r.driver_id')} THEN 1 ELSE 0 END AS apart"
    " FROM rides r JOIN participants d ON d.id = r.driver_id"
    " LEFT JOIN ride_passengers m ON m.ride_id = r.id AND m.participant_id = :reader"
)
_SEAT = "ride_id = :ride AND participant_id = :person"
_RIDE_ENDING, _SEAT_ENDING = "ride cancelled", "ride seat"


async def add(tx: Transaction, driver_id: int, offer: RideOffer) -> int:
    """Store a ride and return its id."""
    statement = (
        "INSERT INTO rides (driver_id, back, place, leaves_at, seats)"
        " VALUES (:driver, :back, :place, :leaves, :seats) RETURNING id"
    )
    values = {"back": int(offer.back), "place": offer.place, "leaves": to_micros(offer.leaves_at)}
    return await tx.value(int, statement, driver=driver_id, **values, seats=offer.seats)


async def find(tx: Transaction, ride_id: int, reader: int = 0) -> Ride | None:
    """Return a ride as the participant with the id `reader` sees it; 0 is somebody whom the ride does not concern.

    Returns None if the ride was cancelled.
    """
    return await tx.row(Ride, f"{_RIDES} WHERE r.id = :id", id=ride_id, reader=reader)


async def to_come(tx: Transaction, reader: int, now: datetime, *, own: bool = False) -> Sequence[Ride]:
    """Return the rides that have not left yet, as the participant `reader` sees them, sorted by departure.

    With `own`, only rides in which the reader drives, has a seat or asked for one are returned.
    """
    whose = "AND (r.driver_id = :reader OR m.ride_id IS NOT NULL) " if own else ""
    statement = f"{_RIDES} WHERE r.leaves_at > :now {whose}ORDER BY r.leaves_at, r.id"
    return await tx.rows(Ride, statement, reader=reader, now=to_micros(now))


async def delete(tx: Transaction, ride_id: int) -> None:
    """Delete a ride, the seats that passengers have in it, and the requests for seats."""
    await tx.run("DELETE FROM rides WHERE id = :id", id=ride_id)
    await ending_store.record_endings(tx, _RIDE_ENDING, [str(ride_id)])


async def passengers(tx: Transaction, ride_id: int) -> Sequence[Passenger]:
    """Return everyone who has a seat in a ride or has asked for one, in the order in which they asked."""
    statement = (
        "SELECT p.id, p.given_name, p.family_name, q.accepted FROM ride_passengers q"
        " JOIN participants p ON p.id = q.participant_id WHERE q.ride_id = :ride ORDER BY q.asked_at, p.id"
    )
    return await tx.rows(Passenger, statement, ride=ride_id)


async def add_passenger(tx: Transaction, ride: int, person: int, now: datetime) -> None:
    """Store that a person asks for a seat in a ride."""
    statement = "INSERT INTO ride_passengers (ride_id, participant_id, asked_at) VALUES (:ride, :person, :now)"
    await tx.run(statement, ride=ride, person=person, now=to_micros(now))
    await ending_store.record_endings(tx, _SEAT_ENDING, [await _seat_mark(tx, ride, person)], back=True)


async def accept(tx: Transaction, ride: int, person: int) -> None:
    """Store that a person who asked for a seat in a ride now has one."""
    await tx.run(f"UPDATE ride_passengers SET accepted = 1 WHERE {_SEAT}", ride=ride, person=person)


async def delete_passenger(tx: Transaction, ride: int, person: int) -> None:
    """Delete a person's seat in a ride, or their request for one."""
    await tx.run(f"DELETE FROM ride_passengers WHERE {_SEAT}", ride=ride, person=person)
    await ending_store.record_endings(tx, _SEAT_ENDING, [await _seat_mark(tx, ride, person)])


async def quoted(tx: Transaction, kind: str, keys: Collection[str]) -> Sequence[tuple[str, str]]:
    """Return the id and the place of each ride in `keys` (ids), as quotes of the kind RIDE refer to rides by id."""
    if kind != RIDE:
        return ()
    ids = ", ".join(str(int(key)) for key in keys)
    rows = await tx.all(f"SELECT id, place FROM rides WHERE id IN ({ids})")
    return [(str(row["id"]), row["place"]) for row in rows]


# --- after a restore


async def _seat_mark(tx: Transaction, ride: int, person: int) -> str:
    """Return the hash by which the log of endings names a person's seat in a ride, or their request for one."""
    return await ending_store.fingerprint(tx, person, RIDE, str(ride))


async def _give_up_again(tx: Transaction, _declared: Declared, whats: Collection[str], _now: datetime) -> int:
    """Delete the seats and requests that were given up, refused or taken back; `whats` are their hashes."""
    rows = await tx.all(
        "SELECT p.ref, p.created_at, q.ride_id, q.participant_id FROM ride_passengers q"
        " JOIN participants p ON p.id = q.participant_id"
    )
    ended = [row for row in rows if ending_store.digest(row, RIDE, str(row["ride_id"])) in whats]
    for row in ended:
        await tx.run(f"DELETE FROM ride_passengers WHERE {_SEAT}", ride=row["ride_id"], person=row["participant_id"])
    return len(ended)


ENDINGS = (
    ending_of_rows(_RIDE_ENDING, "DELETE FROM rides WHERE id = :id"),
    Ending(kind=_SEAT_ENDING, again=_give_up_again),
)
"""Nobody waits at a station for a ride that was cancelled, because a restored backup offers it again."""
