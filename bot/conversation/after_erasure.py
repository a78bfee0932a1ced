"""Answers everybody in the same way after the gathering is over and their data were erased: with a farewell.

Data are kept for purposes, of which taking part is one. Once taking part is over, nobody can register, and a person
gets the farewell unless their data are kept for another purpose.
"""

from __future__ import annotations

from datetime import datetime

from bot.config import purpose_store
from bot.config.purpose_store import CLOCK_WAS_WRONG
from bot.config.purposes import PARTICIPATION
from bot.config.settings import Settings
from bot.content.texts import _
from bot.content.views import View
from bot.conversation.incoming import Incoming
from bot.database.engine import Transaction
from bot.people import participant_store


async def is_closed_to(tx: Transaction, settings: Settings, incoming: Incoming, now: datetime) -> bool:
    """Return True if all that a person does now is answered with the farewell alone, because the gathering is over.

    The gathering is over once the data kept for taking part are erased. People whose data are kept for another purpose
    are still answered as usual. Before the end of the gathering this function does not read the database.
    """
    ends = settings.gathering.closes - CLOCK_WAS_WRONG
    if now < ends or not await purpose_store.is_over(tx, settings, PARTICIPATION, now):
        return False
    _account, person = await participant_store.identify(tx, incoming.platform, incoming.sender.native_id)
    return person is None or not await purpose_store.holds(tx, person.id)


def farewell(settings: Settings) -> View:
    """Return the message for everyone whose data were erased because taking part is over."""
    sentence = _("{gathering} is over, and everything we kept about you is erased.", gathering=settings.gathering.name)
    return View((sentence, _("Thank you for having been part of it.")))
