"""Dates as organisers type them: «2027-06-03 12:00» or «3 juin 12h», strictly, so that nothing is guessed.

Figures alone («3/6») are refused: they read differently in Paris and in Montréal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.domain.names import fold

_LANGUAGES = ("fr", "en", "de")
_TIME = r"(?:(?:a|at|um|,) )?(?P<hour>\d{1,2}) ?(?:[:h] ?(?P<minute>\d{2})|h|uhr(?: (?P<past>\d{2}))?)"
_ISO = re.compile(rf"(?P<year>20\d{{2}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?: |t){_TIME}")
_IN_WORDS = re.compile(
    r"(?:(?:le|the|on|am|den) )?(?P<day>\d{1,2})(?:er|st|nd|rd|th|\.)? (?P<month>[a-z]+)\.?,?"
    rf"(?: (?P<year>20\d{{2}}),?)? {_TIME}"
)


class Problem(Enum):
    """Why a date is refused."""

    UNREADABLE = "unreadable"
    NO_SUCH_DAY = "no such day"
    NO_SUCH_TIME = "no such time"
    PAST = "past"


class BadDate(Exception):
    """What was typed is no date we take."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def parse_date(typed: str, *, zone: str, now: datetime) -> datetime:
    """The instant (aware, UTC) behind a date and time in that zone; without a year, this year's.

    Raises BadDate, also for an hour that the change of clocks skips.
    """
    words = fold(typed)
    found = _ISO.fullmatch(words) or _IN_WORDS.fullmatch(words)
    month = _month(found["month"]) if found else None
    if found is None or month is None:
        raise BadDate(Problem.UNREADABLE)
    there = ZoneInfo(zone)
    year = int(found["year"] or now.astimezone(there).year)
    try:
        day = datetime(year, month, int(found["day"]), tzinfo=there)
    except ValueError:
        raise BadDate(Problem.NO_SUCH_DAY) from None
    try:
        local = day.replace(hour=int(found["hour"]), minute=int(found["minute"] or found["past"] or 0))
    except ValueError:
        raise BadDate(Problem.NO_SUCH_TIME) from None
    instant = local.astimezone(UTC)
    if instant.astimezone(there).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise BadDate(Problem.NO_SUCH_TIME)
    if instant <= now:
        raise BadDate(Problem.PAST)
    return instant


def _month(word: str) -> int | None:
    return int(word) if word.isdecimal() else _months().get(word)


@cache
def _months() -> Mapping[str, int]:
    """Months by their folded names, whole or abbreviated, in every language of the house."""
    from babel import Locale

    return MappingProxyType(
        {
            fold(name).rstrip("."): number
            for language in _LANGUAGES
            for form in Locale.parse(language).months.values()
            for width in ("wide", "abbreviated")
            for number, name in form[width].items()
        }
    )
