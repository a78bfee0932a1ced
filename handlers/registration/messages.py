"""What people read when they join, and about the data that the gathering stores about them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.config.gathering import GatheringSettings
from bot.config.purpose_store import end_of
from bot.config.purposes import PARTICIPATION, Purpose
from bot.config.settings import Settings
from bot.content.texts import Listing, Moment, Span, Territory, _
from bot.database.engine import Transaction
from handlers.account.messages import TRIES

WRONG_CODE = (
    _("This code does not work here: perhaps it was mistyped, used already or replaced."),
    TRIES,
    _("Already joined elsewhere? Type /lier there."),
)
"""The answer to every code that does not work, the same for all reasons, so that guessers learn nothing."""


async def privacy_lines(tx: Transaction, settings: Settings) -> tuple[Span, ...]:
    """Return the privacy notice: how long personal data are kept, and where."""
    return (
        _(
            "Your data serve this gathering only, and are kept until {date} at the latest.",
            date=await last_day(tx, settings, PARTICIPATION),
        ),
        _(
            "They are kept in: {countries}. See or erase them: /confidentialite.",
            countries=data_countries(settings.gathering),
        ),
    )


async def last_day(tx: Transaction, settings: Settings, purpose: Purpose) -> Moment:
    """Return the last whole day of data stored for a purpose, in the gathering's time zone."""
    end = await end_of(tx, settings, purpose) - timedelta(minutes=1)
    return Moment.of_day(end.astimezone(ZoneInfo(settings.gathering.zone)).date())


def data_countries(gathering: GatheringSettings) -> Listing:
    """Return the names of the countries in which data are stored."""
    return Listing(tuple(Territory(code) for code in gathering.data_countries))
