"""What can be done about rides: offering and cancelling them, asking for seats, giving and leaving them.

People concerned are notified in the same transaction. They expect these messages, since they offered the ride or asked
for a seat, so no consent is needed. No message shows the place of a ride that was cancelled.
"""

from __future__ import annotations

from datetime import datetime

from bot.background import reminding
from bot.config.settings import Settings
from bot.content.texts import Moment, Span, Strong, Text, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import message_updates, outbox
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.rides import store
from handlers.rides.messages import RIDES, answers, title
from handlers.rides.model import REMINDED_BEFORE, RIDE, Passenger, Ride, RideOffer
from handlers.rides.settings import RideSettings


async def why_not(
    tx: Transaction, settings: Settings, person_id: int, now: datetime, ride: Ride | None = None
) -> Text | None:
    """Return why a person cannot offer another ride or, with `ride`, ask for a seat in this ride; None if they can."""
    if ride and not ride.free:
        return _("There is no free seat left in this car.")
    limits = settings.of(RideSettings)
    drives = [each.drives for each in await store.to_come(tx, person_id, now, own=True)]
    if ride is None and drives.count(True) >= limits.offers:
        return _("You already offer {most} rides: cancel one first.", most=limits.offers)
    if ride and drives.count(False) >= limits.requests:
        return _("You already have {most} seats or requests: give one up first.", most=limits.requests)
    return None


async def offer(tx: Transaction, settings: Settings, driver_id: int, offered: RideOffer, now: datetime) -> int:
    """Store a ride, plan the reminder of its departure, and return the ride's id."""
    ride_id = await store.add(tx, driver_id, offered)
    zone = settings.gathering.zone
    await reminding.schedule(tx, f"{RIDE}:{ride_id}", offered.leaves_at, zone, [REMINDED_BEFORE], now)
    return ride_id


async def ask(tx: Transaction, ride: Ride, person: Participant, now: datetime) -> None:
    """Store a person's request for a seat, and notify the driver."""
    await store.add_passenger(tx, ride.id, person.id, now)
    passenger = Passenger(person.id, person.given_name, person.family_name, accepted=False)
    line = _("{name} asks for a seat in your car:", name=Strong(called(passenger)))
    view = View((line, title(ride)), (*answers(ride, passenger), RIDES))
    told, subject = outbox.Telling.AWAITED, _request(ride, person.id)
    await outbox.notify(tx, ride.driver_id, view, now, told, about=person.id, subject=subject)


async def accept(tx: Transaction, ride: Ride, passenger: Passenger, now: datetime) -> None:
    """Give a seat to a passenger who asked for it, and notify them.

    If it was the last seat, all others who asked for one are notified that the car is full, and their requests end.
    """
    await store.accept(tx, ride.id, passenger.id)
    await message_updates.close_messages(tx, _request(ride, passenger.id), _("You accepted."), now)
    await _tell(tx, passenger.id, now, _("{name} has a seat for you:", name=Strong(ride.driver)), title(ride))
    if ride.free > 1:
        return
    full = _("Look for another ride. {name} has no seat left in this one:", name=ride.driver)
    for other in await store.passengers(tx, ride.id):
        if not other.accepted:
            await _end(tx, ride, other, _("Your car is full."), now)
            await _tell(tx, other.id, now, full, title(ride))


async def refuse(tx: Transaction, ride: Ride, passenger: Passenger, now: datetime) -> None:
    """Refuse a seat to a passenger who asked for one, and notify them."""
    await _end(tx, ride, passenger, _("You refused."), now)
    refused = _("Look for another ride. {name} has no seat for you in this one:", name=ride.driver)
    await _tell(tx, passenger.id, now, refused, title(ride))


async def leave(tx: Transaction, ride: Ride, person_id: int, now: datetime) -> None:
    """Withdraw a person's request for a seat, or give their seat back and notify the driver.

    Nothing happens if they have neither.
    """
    for passenger in await store.passengers(tx, ride.id):
        if passenger.id == person_id:
            await _end(tx, ride, passenger, _("Nobody asks for this seat any more."), now)
            if passenger.accepted:
                gone = _("{name} no longer rides with you:", name=Strong(called(passenger)))
                await _tell(tx, ride.driver_id, now, gone, title(ride))


async def cancel(tx: Transaction, ride: Ride, now: datetime, *, by_team: bool = False) -> None:
    """Cancel a ride, and notify everyone who had a seat or had asked for one; the driver only if `by_team`."""
    time = Strong(Moment(ride.leaves_at))
    told = _("The ride on {time} is cancelled. Look for another one.", time=time)
    for passenger in await store.passengers(tx, ride.id):
        await _end(tx, ride, passenger, _("This ride is cancelled."), now)
        await _tell(tx, passenger.id, now, told)
    if by_team:
        told = _("The team cancelled your ride on {time}, and told the others.", time=time)
        await _tell(tx, ride.driver_id, now, told)
    await reminding.unschedule(tx, f"{RIDE}:{ride.id}")
    await store.delete(tx, ride.id)


async def _end(tx: Transaction, ride: Ride, passenger: Passenger, line: Text, now: datetime) -> None:
    """Delete a seat, or a request for one, and let the message to the driver say how it ended."""
    await store.delete_passenger(tx, ride.id, passenger.id)
    await message_updates.close_messages(tx, _request(ride, passenger.id), line, now)


async def _tell(tx: Transaction, person_id: int, now: datetime, *lines: Span) -> None:
    await outbox.notify(tx, person_id, View(lines, (RIDES,)), now, outbox.Telling.ANSWER)


def _request(ride: Ride, person_id: int) -> str:
    return f"ride_seat:{ride.id}.{person_id}"
