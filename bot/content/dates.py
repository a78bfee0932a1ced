"""Reads times that people type: «demain 14h», «Fri 9am», «in 20 Minuten», «3 juin 12h», «2027-06-03 12:00».

Nothing is guessed: for a text with several meanings (the numbers «3/6», or 02:30 in the night when clocks are set
back), all meanings are returned, so that the person can choose.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from bot.content.clock_words import TypedHour, clocks
from bot.content.date_words import COUNTS, IN_LESS_THAN_AN_HOUR, MINUTES, part_of_day, split_compounds
from bot.content.days import TypedDay, said_day, written_day
from bot.content.names import fold

_LONGEST = 100  # characters that a time may take
_WITH_OFFSET = re.compile(r"20\d{2}-\d{2}-\d{2}[t ]\d{2}:\d{2}(?::\d{2})? ?(?:z|[+-]\d{2}:?\d{2})")
_FROM_NOW = re.compile(r"(?:dans|in) (?P<count>\d{1,4}|[a-z]+) ?(?P<unit>[a-z]+)(?: ?(?P<more>\d{2}|et demie))?")


class DateProblem(Enum):
    """Why a typed time cannot be used without asking the person again."""

    UNREADABLE = "unreadable"
    NO_HOUR = "no hour"
    NO_SUCH_DAY = "no such day"
    NO_SUCH_TIME = "no such time"
    SKIPPED = "skipped when the clocks change"
    TWICE = "twice when the clocks change"
    AMBIGUOUS = "ambiguous"
    OTHER_WEEKDAY = "another day of the week"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class TypedTime:
    """What a person meant by a typed time: one `instant` (aware, UTC), or a `problem`.

    `instant` is None if there is a problem; `problem` is None if there is none. `readings` are the possible meanings
    among which the person can choose; empty if there are none.
    """

    instant: datetime | None
    problem: DateProblem | None = None
    readings: tuple[datetime, ...] = ()


class BadDate(Exception):
    """The error that a typed date cannot be used; `problem` is the reason."""

    def __init__(self, problem: DateProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def parse_date(typed: str, *, zone: str, now: datetime) -> datetime:
    """Return the instant (aware, UTC) of a full date and time, typed in a list or table, in the time zone `zone`.

    Words like «tomorrow» are not accepted, and a date without a year is in the year of `now`. If the time occurs twice
    because the clocks go back, the first instant is returned. Raises BadDate for a time that cannot be used; its
    `problem` is UNREADABLE, NO_SUCH_DAY, NO_SUCH_TIME or PAST.
    """
    read = _read(typed, ZoneInfo(zone), now, "", (written_day,))
    match read.problem:
        case None if read.instant:
            return read.instant
        case DateProblem.TWICE:
            return read.readings[0]
        case DateProblem.SKIPPED:
            raise BadDate(DateProblem.NO_SUCH_TIME)
        case DateProblem.NO_SUCH_DAY | DateProblem.NO_SUCH_TIME | DateProblem.PAST as problem:
            raise BadDate(problem)
    raise BadDate(DateProblem.UNREADABLE)


def read_time(typed: str, *, zone: str, now: datetime, locale: str) -> TypedTime:
    """Return the meaning of a time typed in French, English or German, relative to `now` in the time zone `zone`.

    The result has an `instant` if the time has exactly one meaning in the future. Otherwise it has a `problem`: the
    time is unreadable, has no hour, does not exist, is past, or can mean several instants; `readings` are then the
    possible instants in the future. `locale` is the writer's locale: «9:00 am Freitag» is 9 a.m. in English, «on
    Friday» in German.
    """
    there = ZoneInfo(zone)
    words = _words(typed)
    if instant := _from_now(words, now) or _with_offset(words):
        return TypedTime(instant) if instant > now else TypedTime(None, DateProblem.PAST)
    return _read(typed, there, now, locale, (written_day, said_day))


def _words(typed: str) -> str:
    words = fold(typed[:_LONGEST]).replace("’", "'").replace(",", " ")
    return " ".join(words.split()).rstrip("!.") if len(typed) <= _LONGEST else ""


def _from_now(words: str, now: datetime) -> datetime | None:
    minutes = IN_LESS_THAN_AN_HOUR.get(words)
    match = _FROM_NOW.fullmatch(words)
    if minutes is None and match:
        count = int(match["count"]) if match["count"].isdecimal() else COUNTS.get(match["count"])
        unit = MINUTES.get(match["unit"])
        if count is None or unit is None or (match["more"] and unit == 1):
            return None
        minutes = count * unit + (30 if match["more"] == "et demie" else int(match["more"] or 0))
    if minutes is None:
        return None
    whole = now.astimezone(UTC).replace(second=0, microsecond=0)
    return whole + timedelta(minutes=minutes + (whole < now))  # a minute begun is not cut short


def _with_offset(words: str) -> datetime | None:
    if not _WITH_OFFSET.fullmatch(words):
        return None
    try:
        return datetime.fromisoformat(
            words.upper().replace(" +", "+").replace(" -", "-").replace(" Z", "Z")
        ).astimezone(UTC)
    except ValueError:
        return None


_DayReader = Callable[[str, date], TypedDay | None]


def _read(typed: str, there: ZoneInfo, now: datetime, locale: str, readers: tuple[_DayReader, ...]) -> TypedTime:
    today = now.astimezone(there).date()
    words = split_compounds(re.sub(r"(?<=\d)t(?=\d)", " ", _words(typed)))
    for clock, around in clocks(words, locale):
        part, rest = part_of_day(around)
        for reader in readers:
            if (day := reader(rest, today)) is not None:
                return _together(day, clock, part, there, now)
    _part, rest = part_of_day(words)
    if words and any(reader(rest, today) is not None for reader in readers):
        return TypedTime(None, DateProblem.NO_HOUR)
    return TypedTime(None, DateProblem.UNREADABLE)


def _together(
    day: TypedDay, clock: TypedHour, part: tuple[int, int] | None, there: ZoneInfo, now: datetime
) -> TypedTime:
    hour = _hour(clock, part)
    if hour == 24 and clock.minute == 0:
        hour, following = 0, timedelta(days=1)
    else:
        following = timedelta()
    try:
        at = time(-1 if hour is None else hour, clock.minute)
    except ValueError:
        return TypedTime(None, DateProblem.NO_SUCH_TIME)

    def instants(*dates: date) -> tuple[datetime, ...]:
        """Return the future instants at which the typed hour occurs on these days, earliest first."""
        found = (_instants(datetime.combine(day + following, at), there) for day in dates)
        return tuple(sorted({instant for one in found for instant in one[1] if instant > now}))

    if not day.dates:
        return TypedTime(None, DateProblem.NO_SUCH_DAY, instants(*day.instead))
    if day.other_weekday:
        return TypedTime(None, DateProblem.OTHER_WEEKDAY, instants(*day.dates))
    dates = day.dates
    if clock.midnight:  # it ends a day as well as it begins it
        dates = tuple(sorted({night for each in dates for night in (each, each + timedelta(days=1))}))
    if len(dates) > 1:
        readings = instants(*dates)
        if len(readings) != 1 or day.figures:
            return TypedTime(None, DateProblem.AMBIGUOUS if readings else DateProblem.PAST, readings)
        return TypedTime(readings[0])
    problem, readings = _instants(datetime.combine(dates[0] + following, at), there)
    coming = tuple(instant for instant in readings if instant > now)
    if not coming:
        return TypedTime(None, DateProblem.PAST, instants(day.later) if day.later else ())
    if problem is DateProblem.SKIPPED or len(coming) > 1:
        return TypedTime(None, problem, coming)
    return TypedTime(coming[0])


def _hour(clock: TypedHour, part: tuple[int, int] | None) -> int | None:
    """Return the hour of the day, 24 for its end; None where the part of the day («le soir») contradicts the hour."""
    if part is None or clock.fixed:
        return clock.hour
    first, last = part
    return next((hour for hour in (clock.hour, clock.hour + 12) if first <= hour <= last), None)


def _instants(local: datetime, there: ZoneInfo) -> tuple[DateProblem | None, tuple[datetime, ...]]:
    """Return the instants of a local time, and the problem with it (None for none).

    There are two instants where the clocks go back (TWICE); where the clocks skip the time (SKIPPED), the two are those
    just before and after the gap.
    """
    both = {local.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1)}
    instants = tuple(sorted(both))
    if len(instants) == 1:
        return None, instants
    skipped = instants[0].astimezone(there).replace(tzinfo=None, fold=0) != local
    return (DateProblem.SKIPPED if skipped else DateProblem.TWICE), instants
