"""A ride: a participant drives to the gathering or back from it, and takes other people along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.content.lead_times import Lead
from bot.content.names import display_name
from bot.content.texts import Person

RIDE = "ride"
"""The kind of reminders about rides, and of messages' quotes of a ride's place."""
REMINDED_BEFORE = Lead(days=1)
"""How long before its departure everyone in the car is reminded of a ride."""
AROUND = timedelta(days=7)
"""How long before the gathering's first day, and after its last, rides may leave."""


@dataclass(frozen=True, slots=True)
class RideOffer:
    """A ride that a driver offers: to the gathering or, if `back` is True, from it. The departure is in UTC.

    `place` is where the ride to the gathering begins, or where the ride back ends, in the driver's words.
    """

    back: bool
    place: str
    leaves_at: datetime
    seats: int


@dataclass(frozen=True, slots=True)
class Ride(RideOffer):
    """An offered ride, as one reader sees it; the names are the driver's.

    `taken` is how many seats are promised to passengers; `asking` is how many more people wait for the driver's answer.
    `drives` is whether the reader drives. `accepted` is True if the reader has a seat, False if the reader asked for
    one, None otherwise. `apart` is whether the reader blocked or reported the driver, or the driver the reader.
    """

    id: int
    driver_id: int
    given_name: str
    family_name: str
    taken: int
    asking: int
    drives: bool
    accepted: bool | None
    apart: bool

    @property
    def free(self) -> int:
        """Return the number of seats that are not promised to anybody."""
        return self.seats - self.taken

    @property
    def concerns_reader(self) -> bool:
        """Return whether the reader drives, has a seat, or has asked for one."""
        return self.drives or self.accepted is not None

    @property
    def driver(self) -> Person:
        """Return a reference to the driver by which messages show their name."""
        return Person(self.driver_id, "short", display_name(self.given_name, self.family_name))


@dataclass(frozen=True, slots=True)
class Passenger:
    """A person who has a seat in a ride or, if `accepted` is False, has asked for a seat and waits for an answer."""

    id: int
    given_name: str
    family_name: str
    accepted: bool
