"""What people read when they join, and about the data that the gathering stores about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config.gathering import GatheringSettings
from bot.config.purposes import PARTICIPATION
from bot.config.settings import Settings
from bot.content.texts import Listing, Moment, Territory, Text, _
from bot.database.engine import Transaction
from handlers.account.messages import TRIES
from handlers.navigation.ends import effective_end

WRONG_CODE = (
    _("This code does not work here: perhaps it was mistyped, used already or replaced."),
    TRIES,
    _("Already joined elsewhere? Type /lier there."),
)
"""The answer to every code that does not work, the same for all reasons, so that guessers learn nothing."""


async def privacy_line(tx: Transaction, settings: Settings, now: datetime) -> Text:
    """Return the privacy notice: how long personal data are kept, and where."""
    return _(
        "Your data stay until {date}, in {countries}. See or erase them: /confidentialite.",
        date=day_of(settings.gathering, await effective_end(tx, settings, PARTICIPATION, now)),
        countries=data_countries(settings.gathering),
    )


def day_of(gathering: GatheringSettings, end: datetime) -> Moment:
    """Return the last whole day before an end, at the gathering's place."""
    return Moment.of_day((end - timedelta(minutes=1)).astimezone(ZoneInfo(gathering.zone)).date())


def data_countries(gathering: GatheringSettings) -> Listing:
    """Return the names of the countries in which data are stored."""
    return Listing(tuple(Territory(code) for code in gathering.data_countries))
