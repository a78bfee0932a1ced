"""The reminder of a ride on the day before, for everyone in the car who attends the gathering."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject, number_of
from bot.content.texts import Span, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.people.audiences import EVERYONE
from handlers.rides import store
from handlers.rides.messages import RIDES, aboard, title
from handlers.rides.model import RIDE


async def _notice(tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
    """Return the reminder of a ride; None if it was cancelled, has left, or nobody has a seat."""
    ride = await store.find(tx, number_of(reminder.subject))
    if ride is None or ride.leaves_at <= now or not ride.taken:
        return None
    passengers = await store.passengers(tx, ride.id)
    view = View((title(ride), aboard(ride, passengers)), (RIDES,))
    in_the_car = {ride.driver_id, *(each.id for each in passengers if each.accepted)}

    async def to_those_in_it(_tx: Transaction, people: Collection[int]) -> Mapping[int, View]:
        return dict.fromkeys(in_the_car & {*people}, view)

    return Notice(EVERYONE, to_those_in_it, awaited=True)


async def _name(tx: Transaction, reminder: Reminder) -> Span | None:
    """Return what organisers read of a reminder that could not be sent; None if the ride was cancelled."""
    return title(ride) if (ride := await store.find(tx, number_of(reminder.subject))) else None


RIDE_TO_COME = Subject(kind=RIDE, compose=_notice, name=_name, kinds={RIDE: _("Your rides")})
"""Declares that people are reminded of rides; `handlers.rides.service` plans each reminder."""
