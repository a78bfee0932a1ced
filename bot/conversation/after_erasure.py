"""What is answered once all personal data were erased: nobody can register any more, everyone gets the same message."""

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
"""The setting that holds, in microseconds, the end of data keeping for which everything was erased."""
CLOCK_WAS_WRONG = timedelta(days=1)
"""An end of data keeping that lies further ahead than this was written by a program whose clock was wrong."""


def end_of(gathering: GatheringSettings) -> datetime:
    """Return the end of the last day on which data are kept, in the gathering's zone.

    It is never before the end of the gathering itself.
    """
    day = max(gathering.retention_ends, gathering.ends) + timedelta(days=1)
    return gathering.instant(datetime.combine(day, time()))


async def is_over(tx: Transaction, settings: Settings, now: datetime) -> bool:
    """Return whether all personal data were erased, and no later end of data keeping was configured since.

    Before the configured end the database is not asked, because this is called for every update. One day is allowed for
    differing clocks of several machines.
    """
    if now < end_of(settings.gathering) - CLOCK_WAS_WRONG:
        return False
    erased = await setting_store.get(tx, ERASED_FOR)
    return erased is not None and from_micros(int(erased)) >= end_of(settings.gathering)


def farewell(settings: Settings) -> View:
    """Return the message that everyone gets once all personal data were erased."""
    sentence = _(
        "{gathering} is over, and everything we kept about people is erased.", gathering=settings.gathering.name
    )
    return View((sentence, _("Thank you for having been part of it.")))
