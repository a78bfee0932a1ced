"""What people read when they join, and about the data that the gathering stores about them."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.config.gathering import GatheringSettings
from bot.content.texts import Listing, Moment, Span, Territory, _
from handlers.account.messages import TRIES

WRONG_CODE = (
    _("This code does not work here: perhaps it was mistyped, used already or replaced."),
    TRIES,
    _("Already joined elsewhere? Type /lier there."),
)
"""The answer to every code that does not work, whatever the reason, so that guessing teaches nothing."""


def privacy_lines(gathering: GatheringSettings) -> tuple[Span, ...]:
    """Return the privacy notice: how long personal data are kept, and where."""
    return (
        _(
            "Your data serve this gathering only, and are kept until {date} at the latest.",
            date=retention_end(gathering),
        ),
        _(
            "They are kept in: {countries}. See or erase them: /confidentialite.",
            countries=data_countries(gathering),
        ),
    )


def retention_end(gathering: GatheringSettings) -> Moment:
    """Return the day by which all personal data are erased."""
    ends = gathering.retention_ends
    return Moment(datetime(ends.year, ends.month, ends.day, 12, tzinfo=UTC), "date")


def data_countries(gathering: GatheringSettings) -> Listing:
    """Return the names of the countries in which data are stored."""
    return Listing(tuple(Territory(code) for code in gathering.data_countries))
