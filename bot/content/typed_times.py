"""Makes the texts and buttons that answer a time that somebody typed: asking again, choosing a meaning, confirming.

`handlers/navigation/time_questions.py` shows organisers a typed time and asks for confirmation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.clock import from_micros, to_micros
from bot.content import i18n
from bot.content.actions import Action
from bot.content.dates import DateProblem, TypedTime, read_time
from bot.content.errors import Stale
from bot.content.i18n import LOCALES
from bot.content.texts import Listing, Localised, Moment, Span, Strong, Text, _
from bot.content.views import Button

__all__ = [
    "REFUSALS",
    "DateProblem",
    "TypedTime",
    "asked_again",
    "echo",
    "from_minute",
    "read_time",
    "reading_buttons",
    "refusal",
    "spoken",
    "to_minute",
]

REFUSALS: Mapping[DateProblem, Text] = MappingProxyType(
    {
        DateProblem.UNREADABLE: _("I do not understand this date. Write the month in words: «3 June 12:00»."),
        DateProblem.NO_HOUR: _("At what time? Write it after the day: «3 June 12:00»."),
        DateProblem.NO_SUCH_DAY: _("There is no such day in the calendar."),
        DateProblem.NO_SUCH_TIME: _("There is no such time on that day."),
        DateProblem.SKIPPED: _("There is no such time: the clocks go forward that night."),
        DateProblem.TWICE: _("The clocks go back that night, and this time comes twice."),
        DateProblem.AMBIGUOUS: _("This can be read in two ways."),
        DateProblem.OTHER_WEEKDAY: _("That date is a different day of the week."),
        DateProblem.PAST: _("That is past. Add the year if you mean a later one."),
    }
)

_CITIES: Mapping[str, str] = MappingProxyType({"America/Toronto": "Montréal", "America/Montreal": "Montréal"})
"""The city by which a time zone is called, for zones whose own city is less known to the people of gatherings."""

_MINUTE = 60_000_000  # µs
_TOO_LATE = to_micros(datetime(2200, 1, 1, tzinfo=UTC)) // _MINUTE
"""The minute from which on an instant in a button is refused, because no button of this program has such a one."""


def to_minute(instant: datetime) -> int:
    """Return an instant as whole minutes since 1970, the number that buttons carry for it."""
    return to_micros(instant) // _MINUTE


def from_minute(minute: int) -> datetime:
    """Return the instant (aware, UTC) for a number of minutes since 1970, which a button carries.

    Raises Stale for an impossible number.
    """
    if not 0 <= minute < _TOO_LATE:
        raise Stale
    return from_micros(minute * _MINUTE)


def refusal(typed: TypedTime) -> Text:
    """Return the message that says what is wrong with a typed time, and asks the person to type or choose another."""
    assert typed.problem is not None
    why = REFUSALS[typed.problem]
    if not typed.readings:
        return why
    return _("{problem} Choose what you mean, or write another date.", problem=why)


def asked_again(typed: TypedTime, zone: str, now: datetime) -> Text:
    """Return the message, for a form that stays open, that says what is wrong with a typed time and asks for it again.

    If the time has several meanings, the message lists them, and the person types one.
    """
    assert typed.problem is not None
    why = REFUSALS[typed.problem]
    if not typed.readings:
        return why
    meant = tuple(spoken(reading, zone=zone, now=now) for reading in typed.readings)
    return _("{problem} It can mean: {readings}. Write the one you mean.", problem=why, readings=Listing(meant))


def reading_buttons(typed: TypedTime, zone: str, now: datetime, action: Callable[[int], Action]) -> tuple[Button, ...]:
    """Return a button for each possible meaning of a typed time; none if the time has no possible meaning.

    action(minute) returns the action of the button for one meaning, which is given as minutes since 1970.
    """
    return tuple(Button(spoken(reading, zone=zone, now=now), action(to_minute(reading))) for reading in typed.readings)


def spoken(instant: datetime, *, zone: str, now: datetime) -> Span:
    """Return an instant in words, in the time zone `zone`, with its year if that is not the year of `now`.

    If the clocks go back and the hour occurs twice, the words say whether it is the first or the second time.
    """
    there = ZoneInfo(zone)
    local = instant.astimezone(there)
    said: Span = Moment(instant)
    if local.year != now.astimezone(there).year:
        # As words: a Moment would add what the reader's own clock shows, and the year would stand behind that.
        said = Localised({locale: _with_year(instant, zone, locale) for locale in LOCALES})
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return said
    return _("{moment}, the second time", moment=said) if local.fold else _("{moment}, the first time", moment=said)


def _with_year(instant: datetime, zone: str, locale: str) -> str:
    return ", ".join(i18n.format_moment(instant, style, zone, locale) for style in ("date", "time"))


def echo(instant: datetime, *, zone: str, now: datetime, elsewhere: str | None = None) -> Text:
    """Return an instant in words, to be confirmed: in the gathering's `zone`, and in the zone `elsewhere` if given.

    The year is included if it is not the year of `now`. `elsewhere` is the zone of most people whose clocks differ from
    the gathering's; None if there are none.
    """
    when = Strong(spoken(instant, zone=zone, now=now))
    if elsewhere is None:
        return _("{moment} in {city}", moment=when, city=_city(zone))
    same_day = instant.astimezone(ZoneInfo(zone)).date() == instant.astimezone(ZoneInfo(elsewhere)).date()
    style = "time" if same_day else "datetime"
    there = Localised({locale: i18n.format_moment(instant, style, elsewhere, locale) for locale in LOCALES})
    return _(
        "{moment} in {city}, {there} in {other_city}",
        moment=when,
        city=_city(zone),
        there=there,
        other_city=_city(elsewhere),
    )


@cache
def _city(zone: str) -> Span:
    from babel.dates import get_timezone, get_timezone_location

    if zone in _CITIES:
        return _CITIES[zone]
    there = get_timezone(zone)
    return Localised({locale: get_timezone_location(there, locale=locale, return_city=True) for locale in LOCALES})
