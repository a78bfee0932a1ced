"""An arrival, as the person is reminded of it."""

from __future__ import annotations

from datetime import datetime

from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject, number_of
from bot.content.texts import Span, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.people.audiences import Audience
from handlers.arrivals import store
from handlers.arrivals.messages import organiser_line, own_line
from handlers.arrivals.model import ARRIVAL
from handlers.arrivals.participant import CHANGE, TAKE_BACK


async def _notice(tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
    """What is sent when a reminder is due, and to whom; None when the arrival is over or was taken back.

    Reminders are sent as news (`bot.content.delivery_kinds.Telling`): on Discord only to people who agreed to that.
    """
    arrival = await store.find(tx, number_of(reminder.subject))
    if arrival is None or arrival.at <= now:
        return None
    question = _("Is that still right? If not, change it here: the team sees it.")
    view = View((own_line(arrival), question), (CHANGE, TAKE_BACK))
    return Notice(Audience("me", str(arrival.participant_id)), view)


async def _name(tx: Transaction, reminder: Reminder) -> Span | None:
    """What organisers read of a reminder that could not be sent; None when there is nothing to remind of any more."""
    arrival = await store.find(tx, number_of(reminder.subject))
    return organiser_line(arrival) if arrival else None


ARRIVALS = Subject(kind=ARRIVAL, compose=_notice, name=_name, kinds={ARRIVAL: _("Your arrival")})
"""Planned by whoever stores an arrival (`handlers.arrivals.service`)."""
