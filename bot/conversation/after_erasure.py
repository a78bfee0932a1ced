"""Answers whom no purpose holds after taking part is over: nobody can register, and all get the same farewell."""

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
    """Return whether the only answer to an update is the farewell.

    It is if taking part is over, and no other purpose holds the sender. Before the gathering is over, the database
    is not asked, because this is called for every update.
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
