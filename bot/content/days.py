"""Finds a day in typed words: «demain», «vendredi», «10 juin», «June 10th», «2027-06-10», «3/6»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.content.date_words import AFTER_TOMORROW, COUNTS, DAYS, TODAY, TOMORROW, months, weekdays

_ON = r"(?:(?:le|the|on|am|den|du) )*"
_NAMED = r"(?:(?P<weekday>[a-z]+)\.? )?"
_YEAR = r"(?: (?P<year>20\d{2}))?"
_ISO = re.compile(r"(?P<year>20\d{2})-(?P<month>\d{2})-(?P<day>\d{2})")
_IN_WORDS = (
    re.compile(rf"{_ON}{_NAMED}{_ON}(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|\.)? (?:of |de )?(?P<month>[a-z]+)\.?{_YEAR}"),
    re.compile(rf"{_ON}{_NAMED}(?P<month>[a-z]+)\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_YEAR}"),
)
_FIGURES = re.compile(
    rf"{_ON}{_NAMED}{_ON}(?P<first>\d{{1,2}})(?P<between>[/.-])(?P<second>\d{{1,2}})"
    r"(?:(?P=between)(?P<year>(?:20)?\d{2}))?\.?"
)
_WEEKDAY = re.compile(
    r"(?:(?:le|on|am) )?(?:(?P<this>ce|this|diesen|kommenden|coming)|(?P<next>next|nachsten)) ?(?P<first>[a-z]+)\.?"
    r"|(?:(?:le|on|am) )?(?P<weekday>[a-z]+)\.?(?: (?:(?P<later>prochain)|(?P<week>en huit)))?"
)
_AFTER = re.compile(r"(?:dans|in) (?P<count>\d{1,3}|[a-z]+) ?(?P<unit>[a-z]+)")


@dataclass(frozen=True, slots=True)
class TypedDay:
    """The dates that typed words may mean: several for ambiguous words, none for a day that does not exist.

    For a day that does not exist, `instead` has the nearest dates. `later` is the date that is meant if the first of
    `dates`, or the typed hour on it, is past; None if no later date can be meant. `other_weekday` means that the typed
    date is not on the typed weekday: `dates` then has the typed date, and the nearest date on the typed weekday.
    """

    dates: tuple[date, ...]
    instead: tuple[date, ...] = ()
    later: date | None = None
    other_weekday: bool = False
    figures: bool = False
    """Whether day and month were typed as numbers that can be swapped, even if one of the two dates has passed."""


def written_day(words: str, today: date) -> TypedDay | None:
    """Return the day for a date like «2027-06-10» or «10 juin», with the month as a word; None for any other words.

    `words` have no accents and no capitals. A date without a year is in the year of `today`.
    """
    if match := _ISO.fullmatch(words):
        return _dated(int(match["year"]), int(match["month"]), int(match["day"]), today, None)
    for form in _IN_WORDS:
        match = form.fullmatch(words)
        if match and match["month"] in months() and (match["weekday"] is None or match["weekday"] in weekdays()):
            year = int(match["year"]) if match["year"] else None
            return _dated(year, months()[match["month"]], int(match["day"]), today, match["weekday"])
    return None


def said_day(words: str, today: date) -> TypedDay | None:
    """Return the day for words relative to `today` («demain», «vendredi») or numbers («3/6»); None for any other words.

    `words` have no accents and no capitals; no words at all mean today. For numbers all possible dates are returned.
    """
    if not words or words in TODAY:
        return TypedDay((today,), later=today + timedelta(days=1))
    if words in TOMORROW or words in AFTER_TOMORROW:
        return TypedDay((today + timedelta(days=1 if words in TOMORROW else 2),))
    if match := _AFTER.fullmatch(words):
        count = int(match["count"]) if match["count"].isdecimal() else COUNTS.get(match["count"])
        unit = DAYS.get(match["unit"])
        return TypedDay((today + timedelta(days=count * unit),)) if count and unit else None
    return _weekday(words, today) or _figures(words, today)


def _weekday(words: str, today: date) -> TypedDay | None:
    match = _WEEKDAY.fullmatch(words)
    wanted = weekdays().get(match["first"] or match["weekday"]) if match else None
    if match is None or wanted is None:
        return None
    ahead = (wanted - today.weekday()) % 7
    coming, week_after = today + timedelta(days=ahead or 7), today + timedelta(days=ahead + 7)
    if match["week"]:
        return TypedDay((coming + timedelta(days=7),))
    if match["next"] or match["later"]:
        return TypedDay((coming, week_after) if ahead else (coming,))
    if ahead:
        return TypedDay((coming,))
    return TypedDay((today,), later=coming) if match["this"] else TypedDay((today, coming))


def _figures(words: str, today: date) -> TypedDay | None:
    match = _FIGURES.fullmatch(words)
    if match is None or (match["weekday"] is not None and match["weekday"] not in weekdays()):
        return None
    first, second = int(match["first"]), int(match["second"])
    year = (2000 + int(match["year"]) % 100) if match["year"] else None
    if match["between"] == ".":  # nobody writes the month first with dots
        return _dated(year, second, first, today, match["weekday"])
    pairs = dict.fromkeys((month, day) for day, month in ((first, second), (second, first)) if month <= 12)
    readings = [_dated(year, month, day, today, match["weekday"]) for month, day in pairs]
    possible = [day for day in readings if day.dates and not day.other_weekday] or readings
    if len(possible) == 1:
        return possible[0]
    # Where one reading has passed this year, the next year's is what it could still mean.
    dates = (day.later if day.later and day.dates[0] < today else day.dates[0] for day in possible if day.dates)
    return TypedDay(tuple(sorted(dates)), figures=True)


def _dated(year: int | None, month: int, day: int, today: date, weekday: str | None) -> TypedDay:
    there = _date(year or today.year, month, day)
    if there is None:
        return TypedDay((), _nearest(year or today.year, month, day))
    later = None if year else _date(today.year + 1, month, day)
    wanted = weekdays()[weekday] if weekday else there.weekday()
    if wanted == there.weekday():
        return TypedDay((there,), later=later)
    if later and there < today and later.weekday() == wanted:
        return TypedDay((later,))
    nearest = there + timedelta(days=(wanted - there.weekday() + 3) % 7 - 3)
    return TypedDay(tuple(sorted((there, nearest))), other_weekday=True)


def _nearest(year: int, month: int, day: int) -> tuple[date, ...]:
    """Return the last day of a month that is too short for `day`, and the first day of the next month.

    Returns nothing if the day or the month exists in no year.
    """
    if not (1 <= month <= 12 and 28 < day <= 31):
        return ()
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1), following)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
