"""The words and buttons of rides: on screens, and in messages to drivers and passengers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.actions import Action
from bot.content.texts import Listing, Moment, Quote, Strong, Text, _, _n
from bot.content.views import Button
from bot.conversation.routes import Go
from bot.people.naming import called
from handlers.rides.model import RIDE, Passenger, Ride

RIDES = Button(_("Rides"), Go("covoiturage"))


class AnswerPassenger(Action, code="cvy"):
    """The driver's button that gives a seat to a participant who asked for one or, if not `accepted`, refuses it."""

    ride: int
    person: int
    accepted: bool


def title(ride: Ride) -> Text:
    """Return a line that tells when a ride leaves, and from where to the gathering or from the gathering to where."""
    when, place = Strong(Moment(ride.leaves_at)), Quote(RIDE, str(ride.id), ride.place)
    if ride.back:
        return _("{time}: from the gathering to {place}", time=when, place=place)
    return _("{time}: from {place} to the gathering", time=when, place=place)


def status_line(ride: Ride) -> Text:
    """Return a line with the reader's role in a ride or, without a role, with the driver's name and the free seats."""
    if ride.accepted:
        return _("You ride with {name}.", name=ride.driver)
    if ride.accepted is not None:
        return _("You asked {name} for a seat: you will get the answer here.", name=ride.driver)
    if ride.drives and ride.asking:
        return _n(
            "You drive: {count} person is asking for a seat.",
            "You drive: {count} people are asking for a seat.",
            ride.asking,
        )
    free = _n("{count} free seat", "{count} free seats", ride.free) if ride.free else _("no free seat")
    if ride.drives:
        return _("You drive: {seats}", seats=free)
    return _("{name} drives: {seats}", name=ride.driver, seats=free)


def aboard(ride: Ride, passengers: Sequence[Passenger]) -> Text:
    """Return the line with the names of everyone in the car, the driver first."""
    names = (ride.driver, *(called(each) for each in passengers if each.accepted))
    return _("In the car: {names}", names=Listing(names))


def answers(ride: Ride, passenger: Passenger) -> tuple[Button, ...]:
    """Return the driver's buttons that accept or refuse a passenger who asks for a seat."""
    # L10N: two buttons of a driver: give a seat to who asked for it, or give them none
    accept, refuse = _("Accept {name}", name=called(passenger)), _("Refuse {name}", name=called(passenger))
    return (
        Button(accept, AnswerPassenger(ride.id, passenger.id, accepted=True), style="primary"),
        Button(refuse, AnswerPassenger(ride.id, passenger.id, accepted=False)),
    )
