"""The programme as an .ics calendar, read with the library `icalendar`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from bot.domain import sessions
from bot.domain.audiences import EVERYONE
from bot.domain.names import clean
from bot.domain.sessions import BadTime, Plan, resolve
from bot.programme_files import (
    LONGEST,
    LONGEST_KEY,
    MOST_SESSIONS,
    OWN,
    Programme,
    Reason,
    Refused,
    Rejected,
    Rules,
    audience_of,
    check_link,
    kind_of,
    refuse,
)

_BEGIN = re.compile(rb"^BEGIN:VEVENT\s*$", re.IGNORECASE)


def read_calendar(data: bytes, filename: str, rules: Rules) -> Programme:
    """The sessions of a calendar, and every refusal; tasks, notes and alarms in it are left aside.

    Categories that name a kind of session or an audience are taken for that. What was moved or made by repeating is
    refused: each session is to be written out.
    """
    try:
        calendars = Calendar.from_ical(data, multiple=True)
        found = [each for calendar in calendars for each in calendar.walk("VEVENT")]
    except Exception:  # noqa: BLE001 - a damaged file raises anything: ValueError, KeyError, RecursionError, …
        return refuse(Reason.UNREADABLE, filename=filename)
    lines = [number for number, line in enumerate(data.splitlines(), start=1) if _BEGIN.match(line)]
    if len(lines) != len(found):  # cut off
        return refuse(Reason.UNREADABLE, filename=filename)
    if not found:
        return refuse(Reason.NO_SESSION, filename=filename)
    if len(found) > MOST_SESSIONS:
        return refuse(Reason.TOO_MANY, limit=MOST_SESSIONS)
    rejected: list[Rejected] = []
    plans: list[Plan] = []
    first_lines: dict[str, int] = {}
    for line, event in zip(lines, found, strict=True):
        title = clean(_words(event, "SUMMARY"))
        try:
            values, refused = _read(event, title, rules)
        except Exception:  # noqa: BLE001 - what a broken property raises is its own
            refused = [Refused(Reason.UNREADABLE, filename=filename)]
        key = clean(_words(event, "UID")).removesuffix(OWN)
        if not key:
            refused.append(Refused(Reason.MISSING_KEY))
        elif (first := first_lines.setdefault(key, line)) != line and not _is_repeated(event):
            refused.append(Refused(Reason.DUPLICATE_KEY, value=key[:LONGEST], first_line=first))
        elif len(key) > LONGEST_KEY:
            refused.append(Refused(Reason.TOO_LONG, column="UID", length=len(key), limit=LONGEST_KEY))
        rejected += (Rejected(line, title[:LONGEST], each.reason, each.values) for each in refused)
        if not refused:
            plans.append(Plan(key=key, **values))
    return Programme(tuple(plans), tuple(rejected))


def _read(event: Any, title: str, rules: Rules) -> tuple[Mapping[str, Any], list[Refused]]:
    """What a session of a calendar says, and all that is wrong with it."""
    first = rules.locales[0]
    place = clean(_words(event, "LOCATION"))
    values: dict[str, Any] = {"title": {first: title}, "place": {first: place} if place else {}}
    refused: list[Refused] = []
    if not title:
        refused.append(Refused(Reason.MISSING_TITLE))
    for column, text in (("SUMMARY", title), ("LOCATION", place)):
        if len(text) > LONGEST:
            refused.append(Refused(Reason.TOO_LONG, column=column, length=len(text), limit=LONGEST))
    if _is_repeated(event):
        refused.append(Refused(Reason.RECURRING))
    try:
        values |= _times(event, rules)
    except Refused as refusal:
        refused.append(refusal)
    values["kind"], values["audience"] = "other", EVERYONE
    for category in _categories(event):
        if kind := kind_of(category):
            values["kind"] = kind
        elif audience := audience_of(category, rules):
            values["audience"] = audience
    try:
        link = _words(event, "URL").strip()
        values["map_url"] = check_link(link) if link else ""
    except Refused as refusal:
        refused.append(refusal)
    values["cancelled"] = _words(event, "STATUS").upper() == "CANCELLED"
    return values, refused


def _times(event: Any, rules: Rules) -> Mapping[str, Any]:
    if "DTSTART" not in event:
        raise Refused(Reason.MISSING_START)
    starts, zone = _instant(event, "DTSTART", rules)
    if "DTEND" in event:
        ends, _zone = _instant(event, "DTEND", rules)
    elif "DURATION" in event:
        lasts = event["DURATION"].dt
        if not isinstance(lasts, timedelta):
            raise Refused(Reason.MISSING_END)
        ends = starts + lasts
    else:
        raise Refused(Reason.MISSING_END)
    if ends <= starts:
        raise Refused(Reason.ENDS_FIRST)
    return {"starts": starts, "ends": ends, "zone": zone}


def _instant(event: Any, name: str, rules: Rules) -> tuple[datetime, str]:
    """An instant and the name of the zone it was given in: the gathering's where the calendar knows no usual one."""
    try:
        given = event[name].dt
        named = event[name].params.get("TZID")
    except Exception:  # noqa: BLE001 - repeated or unreadable: each has an error of its own
        raise Refused(Reason.BAD_TIME, value=str(event[name])[:LONGEST]) from None
    if not isinstance(given, datetime):
        raise Refused(Reason.ALL_DAY)
    if given.tzinfo is None and named:
        raise Refused(Reason.UNKNOWN_ZONE, value=str(named)[:LONGEST])
    zone = getattr(given.tzinfo, "key", "UTC")
    if given.tzinfo is not None and zone == "UTC":  # in UTC, or in a zone the calendar describes itself
        return given.astimezone(UTC), rules.zone
    zone = zone if given.tzinfo else rules.zone
    try:
        return resolve(given.replace(tzinfo=None), zone), zone
    except BadTime as bad:
        reason = Reason.TWICE if bad.problem is sessions.Problem.TWICE else Reason.NO_SUCH_TIME
        raise Refused(reason, value=f"{given:%Y-%m-%d %H:%M}", zone=zone) from None


def _words(event: Any, name: str) -> str:
    """A property's words, '' for none; the first where it is given in several languages."""
    value = event.get(name)
    if isinstance(value, list):
        value = value[0] if value else ""
    return "" if value is None else str(value)


def _categories(event: Any) -> Iterator[str]:
    given = event.get("CATEGORIES")
    for each in given if isinstance(given, list) else [given] if given is not None else []:
        yield from (clean(str(category)) for category in each.cats)


def _is_repeated(event: Any) -> bool:
    return any(name in event for name in ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"))
