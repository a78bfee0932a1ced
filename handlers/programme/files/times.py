"""Reads days and hours of a programme as people type them, in the zone of the venue."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.content.dates import BadDate, DateProblem, parse_date
from bot.content.forms import Incomplete
from bot.content.texts import Name, _
from bot.files.columns import CellError
from handlers.programme.files.parsing import shown
from handlers.programme.model import BadTime, ClockChange, Plan, resolve

_TIME = re.compile(r"(\d{1,2}) ?(?:[:h.] ?(\d{2})(?::00)?|h|uhr(?: (\d{2}))?)", re.IGNORECASE)
_SPREADSHEET_DAY = re.compile(r"(20\d{2}-\d{2}-\d{2})[ T]00:00:00")
_SPREADSHEET_TIME = re.compile(r"(20\d{2}-\d{2}-\d{2})[ T](\d{2}:\d{2}):00")
_FIGURES = re.compile(r"(\d{1,2})/(\d{1,2})/(20\d{2})(.*)")
_MOST_MONTHS = 12
_MOST_YEARS = 100
"""How many years after the gathering's own a session may be; a later one is a slip of the hand."""
_NIGHT = timedelta(hours=6)
"""If a session's end is an hour before its start, it is the next morning up to this hour, else a mistake."""


class TimeReader:
    """A reader of typed times, which are local times of one time zone; a date without a year is in the given year."""

    def __init__(self, zone: str, year: int) -> None:
        self._zone = zone
        self._year = year

    def read(self, raw: str, day: str, after: datetime | None = None) -> datetime:
        """Return the instant (UTC) that a typed time means: an hour such as «14h30» on `day`, or a full date and time.

        `day` is the typed day, '' if the row has none. For the end of a session, `after` is when the session begins: an
        hour alone then means the same day or, if that would be too early, the next morning. Raises CellError if the
        time cannot be understood.
        """
        hour = _as_time(raw)
        if hour is None:
            return self._whole(_day_first(_SPREADSHEET_TIME.sub(r"\1 \2", raw)), raw)
        day = _day_first(_SPREADSHEET_DAY.sub(r"\1", day))
        if day:
            instant = self._whole(f"{day} {hour}", f"{day} {raw}")
        elif after is not None:
            instant = self._whole(f"{after.astimezone(ZoneInfo(self._zone)):%Y-%m-%d} {hour}", raw)
        else:
            raise unclear_time(raw)
        if after is not None and instant <= after and hour < f"{_NIGHT // timedelta(hours=1):02}:00":
            local = instant.astimezone(ZoneInfo(self._zone)) + timedelta(days=1)
            return self._resolved(local.replace(tzinfo=None), raw)
        return instant

    def _whole(self, typed: str, raw: str) -> datetime:
        try:
            exact = datetime.fromisoformat(typed)
        except ValueError:
            exact = None
        if exact is not None and exact.tzinfo is not None:  # «2027-10-31T02:30+01:00» says which of the two it means
            if not self._year <= exact.year <= self._year + _MOST_YEARS:
                raise self._refusal(DateProblem.PAST if exact.year < self._year else DateProblem.NO_SUCH_DAY, raw)
            return exact.astimezone(UTC)
        try:
            instant = parse_date(typed, zone=self._zone, now=datetime(self._year, 1, 1, tzinfo=ZoneInfo(self._zone)))
        except BadDate as bad:
            raise self._refusal(bad.problem, raw) from None
        return self._resolved(instant.astimezone(ZoneInfo(self._zone)).replace(tzinfo=None), raw)

    def _resolved(self, local: datetime, raw: str) -> datetime:
        try:
            return resolve(local.replace(fold=0), self._zone)
        except BadTime as bad:
            raise no_such_instant(bad, raw, self._zone) from None

    def _refusal(self, problem: DateProblem, raw: str) -> CellError:
        if problem is DateProblem.UNREADABLE:
            return unclear_time(raw)
        if problem is DateProblem.PAST:
            year = self._year
            return CellError(_("{value} is before {year}, the year of the gathering.", value=shown(raw), year=year))
        return no_such_time(raw)


def read_zone(text: str) -> str:
    """Return the name of a time zone unchanged if such a zone exists. Raises CellError otherwise."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise unknown_zone(text) from None
    return text


def _day_first(text: str) -> str:
    """Return «27/12/2026 …» as «2026-12-27 …»; other text, and figures with two readings such as 3/6, as it is."""
    if not (match := _FIGURES.fullmatch(text)):
        return text
    first, second = int(match[1]), int(match[2])
    if (first > _MOST_MONTHS) is (second > _MOST_MONTHS):
        return text
    day, month = max(first, second), min(first, second)
    return f"{match[3]}-{month:02}-{day:02}{match[4]}"


def _as_time(raw: str) -> str | None:
    """Return «14h30» as «14:30»; None if the text is not an hour alone."""
    match = _TIME.fullmatch(raw)
    return f"{int(match[1]):02}:{match[2] or match[3] or '00'}" if match else None


# --- why a time is refused


def unclear_time(text: str) -> CellError:
    """Return the error for a text that is not understood as a time."""
    return CellError(
        _("I do not understand the time «{value}». Write «2027-06-10 14:00», or a day and «14:00».", value=shown(text))
    )


def no_such_time(text: str) -> CellError:
    """Return the error for a day or hour that does not exist, such as 30 February."""
    return CellError(_("There is no such day or time: {value}.", value=shown(text)))


def no_such_instant(bad: BadTime, text: str, zone: str) -> CellError:
    """Return the error for a local time that does not exist, or exists twice, on a day when clocks change in `zone`."""
    if bad.change is ClockChange.SKIPPED:
        return no_such_time(text)
    return CellError(
        _(
            "{value} comes twice that night in {zone}, as clocks go back. Add which: «+02:00» is the first.",
            value=shown(text),
            zone=Name(zone),
        )
    )


def unknown_zone(text: str) -> CellError:
    """Return the error for a text that is not the name of a time zone."""
    return CellError(_("There is no time zone «{value}»: write it like «Europe/Paris».", value=shown(text)))


def with_hours(plan: Plan, typed_start: str, typed_end: str) -> Plan:
    """Return a planned session with its hours replaced with the typed ones, in the time zone of its venue.

    Raises Incomplete if the hours are not understood.
    """
    there = plan.starts.astimezone(ZoneInfo(plan.zone))
    times = TimeReader(plan.zone, there.year)
    starts, ends = typed_hours(times, typed_start, typed_end, f"{there:%Y-%m-%d}", lasts=plan.ends - plan.starts)
    return replace(plan, starts=starts, ends=ends)


def typed_hours(
    times: TimeReader, typed_start: str, typed_end: str, day: str, *, lasts: timedelta = timedelta()
) -> tuple[datetime, datetime]:
    """Return when a session starts and ends, read from typed texts.

    `day` is the day of a start for which only an hour was typed. If no end was typed, the session takes as long as
    `lasts`. Raises Incomplete for an hour that is not understood, and for an end before the start.
    """
    field = "starts"
    try:
        starts = times.read(typed_start, day)
        field = "ends"
        ends = times.read(typed_end, "", after=starts) if typed_end else starts + lasts
    except CellError as error:
        raise Incomplete(field, error.reason) from None
    if ends <= starts:
        raise Incomplete("ends", _("It ends before it begins."))
    return starts, ends
