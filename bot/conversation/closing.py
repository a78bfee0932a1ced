"""After the end of the data's time: nobody is taken in any more, and everyone is answered the same."""

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
"""The setting that holds, in microseconds, the end that everything was erased for."""
CLOCK_WAS_WRONG = timedelta(days=1)
"""What is written down for later than this from now was written under a clock that was wrong."""


def end_of(gathering: GatheringSettings) -> datetime:
    """When the last day on which data are kept is over, where the gathering is; never before its own last day is."""
    day = max(gathering.retention_ends, gathering.ends) + timedelta(days=1)
    return gathering.instant(datetime.combine(day, time()))


async def is_over(tx: Transaction, settings: Settings, now: datetime) -> bool:
    """Whether everything was erased: nobody is taken in any more, until a later end is configured.

    Nothing is before that end is due, so until then the store is not asked: this is looked at with whatever anybody
    does. A day is left for the clocks of several machines.
    """
    if now < end_of(settings.gathering) - CLOCK_WAS_WRONG:
        return False
    erased = await setting_store.get(tx, ERASED_FOR)
    return erased is not None and from_micros(int(erased)) >= end_of(settings.gathering)


def farewell(settings: Settings) -> View:
    """What everyone is answered from then on."""
    said = _("{gathering} is over, and everything we kept about people is erased.", gathering=settings.gathering.name)
    return View((said, _("Thank you for having been part of it.")))
