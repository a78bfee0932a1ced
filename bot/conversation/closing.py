"""What is answered after the data's time is over: nobody is taken in any more, and everyone gets the same message."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.clock import from_micros
from bot.config import setting_store
from bot.config.gathering import GatheringSettings
from bot.config.settings import Settings
from bot.content.texts import _
from bot.content.views import View
from bot.database.engine import Transaction

ERASED_FOR = "retention_over"
"""The setting that holds, in microseconds, the configured end for which everything was erased."""
CLOCK_WAS_WRONG = timedelta(days=1)
"""An end of data later than this from now was written by a program whose clock was wrong."""


def end_of(gathering: GatheringSettings) -> datetime:
    """Return when the last day of data keeping is over where the gathering is; never before the gathering's own end."""
    day = max(gathering.retention_ends, gathering.ends) + timedelta(days=1)
    return gathering.instant(datetime.combine(day, time()))


async def is_over(tx: Transaction, settings: Settings, now: datetime) -> bool:
    """Return whether everything was erased, so that nobody is taken in until a later end is configured.

    Before the configured end the store is not asked, because this is called for everything that anybody does. A day is
    allowed for the differing clocks of several machines.
    """
    if now < end_of(settings.gathering) - CLOCK_WAS_WRONG:
        return False
    erased = await setting_store.get(tx, ERASED_FOR)
    return erased is not None and from_micros(int(erased)) >= end_of(settings.gathering)


def farewell(settings: Settings) -> View:
    """Return the message that everyone gets once the data's time is over."""
    sentence = _(
        "{gathering} is over, and everything we kept about people is erased.", gathering=settings.gathering.name
    )
    return View((sentence, _("Thank you for having been part of it.")))
