"""Reads the programme from an .ics calendar with the library `icalendar`, and writes one for people's phones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from bot.content.names import clean, shortened
from bot.content.texts import Localised, Name, Reader, Span, _, plain
from bot.files.columns import CellError
from bot.files.sheets import key_of
from bot.files.tables import TableProblem, cell_too_long, file_too_large, repeated_reference
from bot.people.audiences import EVERYONE
from handlers.programme.files.parsing import (
    ENDS_FIRST,
    LONGEST_KEY,
    MOST_BYTES,
    MOST_SESSIONS,
    NO_END,
    NO_KEY,
    NO_START,
    NO_TITLE,
    OWN,
    REPEATS,
    SPEAKER_HEADINGS,
    TOO_MANY,
    Programme,
    ProgrammeRules,
    audience_of,
    cannot_be_read,
    check_link,
    kind_of,
    no_session,
    refuse,
)
from handlers.programme.files.times import no_such_instant, unclear_time, unknown_zone
from handlers.programme.model import LONGEST, LONGEST_DESCRIPTION, BadTime, Plan, Session, resolve

_LONGEST_LINE = 2_000
"""The most bytes of a property; a longer one is cut, because no session has such a title."""
_LONGEST_CATEGORIES = 400
_MOST_CATEGORIES = 20
_MOST_OF_A_NAME = 2
"""How often a session may have one property: the second is read, so that it can be refused."""
_MOST_ZONE_LINES = 400
"""The most lines about time zones in a calendar; some calendars list their clock changes year by year."""
_MOST_ZONE_RULES = 40
_FIRST_YEAR, _LAST_YEAR = 1972, 2199
"""Sessions must be between these years; rules of time zones that begin earlier begin in the first year."""
_MOST_SLASHES = 8
_DEEPEST = 8
_READ = frozenset(
    {"UID", "SUMMARY", "LOCATION", "DTSTART", "DTEND", "DURATION", "CATEGORIES", "URL", "STATUS", "DESCRIPTION"}
)
_REPEATS = frozenset({"RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"})
_FRAME = frozenset({"BEGIN", "END"})
_ZONE = frozenset({"TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE", "RDATE"})
_NAME = re.compile(rb"[A-Za-z-]+")
_YEAR = re.compile(rb":(\d{4})\d{4}(?!\d)")
_YEARLY = re.compile(
    rb"RRULE:(FREQ=YEARLY|BYMONTH=\d{1,2}|BYDAY=-?\d?[A-Z]{2}|BYMONTHDAY=-?\d{1,2}(,\d{1,2}){0,6}|INTERVAL=1|WKST=[A-Z]{2}"
    rb"|UNTIL=\w{1,16}|[;])+",
    re.IGNORECASE,
)
"""The pattern of a rule for one day a year. Without FREQ the library refuses a rule."""
_NEW_LINE = re.compile(r"<(br|/?p|/?div|/?li)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
"""Some calendars have descriptions in HTML."""
_SAYS_SPEAKER = frozenset(map(key_of, SPEAKER_HEADINGS.split(",")))


class _TooMany(Exception):
    """Raised for a calendar with more sessions than a programme may have."""


def read_calendar(data: bytes, filename: str, rules: ProgrammeRules) -> Programme:
    """Return the sessions of an .ics calendar, and its mistakes in `problems`.

    Tasks, notes and alarms are ignored. Categories may name a kind of session or an audience. Repeating sessions, and
    single changes of them, are mistakes: each session must be written out. A line «Speaker: Marie Curie» in a
    description names the speaker; it may be in any of the languages. `filename` is only quoted in mistakes.
    """
    from icalendar import Calendar  # 3 MB, of use to who reads or writes a calendar alone

    name = Name(filename)
    if len(data) > MOST_BYTES:
        return refuse(file_too_large(name, MOST_BYTES))
    try:
        lines, shorter = _shortened(data)
        calendars = Calendar.from_ical(shorter, multiple=True)
        found = [each for calendar in calendars for each in calendar.walk("VEVENT")]
    except _TooMany:
        return refuse(TOO_MANY)
    except Exception:  # noqa: BLE001 - a damaged file raises anything: ValueError, KeyError, RecursionError, …
        return refuse(cannot_be_read(name))
    if len(lines) != len(found):
        return refuse(cannot_be_read(name))
    if not found:
        return refuse(no_session(name))
    problems: list[TableProblem] = []
    plans: list[Plan] = []
    first_lines: dict[str, int] = {}
    for line, event in zip(lines, found, strict=True):
        title = clean(_words(event, "SUMMARY"))
        try:
            values, reasons = _read(event, title, rules)
        except Exception:  # noqa: BLE001 - what a broken property raises is its own
            reasons = [cannot_be_read(name)]
        key = clean(_words(event, "UID")).removesuffix(OWN)
        if not key:
            reasons.append(NO_KEY)
        elif (first := first_lines.setdefault(key, line)) != line and not _is_repeated(event):
            reasons.append(repeated_reference(key[:LONGEST], first))
        elif len(key) > LONGEST_KEY:
            reasons.append(cell_too_long("UID", key, LONGEST_KEY))
        problems += (TableProblem(line=line, title=title[:LONGEST], reason=reason) for reason in reasons)
        if not reasons:
            plans.append(Plan(key=key, **values))
    return Programme(tuple(plans), tuple(problems))


def _shortened(data: bytes) -> tuple[list[int], bytes]:
    """Return a calendar reduced to the properties that are read, and the line numbers where its sessions begin.

    Without this, short input such as a repetition by the second can keep the library busy for long. Only sessions are
    left, with the properties that count, and time zones whose clocks change once a year. Raises ValueError for a
    damaged or excessive calendar, and _TooMany.
    """
    begun: list[int] = []
    kept: list[bytes] = []
    within: list[bytes] = []
    said: Counter[str] = Counter()
    zone_lines = zone_rules = 0
    for number, line in _unfolded(data):
        named = _NAME.match(line)
        name = named[0].decode().upper() if named else ""
        if name == "BEGIN":
            within.append(line[6:].strip().upper())
            if len(within) > _DEEPEST:
                raise ValueError("too deep")
            if within == [b"VCALENDAR", b"VEVENT"]:
                begun.append(number)
                said.clear()
                if len(begun) > MOST_SESSIONS:
                    raise _TooMany
        match within:
            case [b"VCALENDAR"] if name in _FRAME:
                kept.append(line)
            case [b"VCALENDAR", b"VEVENT"] if name in _FRAME or name in _READ:
                said[name] += 1
                if said[name] <= (_MOST_CATEGORIES if name == "CATEGORIES" else _MOST_OF_A_NAME):
                    kept.append(_property(name, line))
            case [b"VCALENDAR", b"VEVENT"] if name in _REPEATS:
                said["RRULE"] += 1
                if said["RRULE"] == 1:  # that it is repeated is all we ask: such a session is refused
                    kept.append(b"RRULE:FREQ=YEARLY")
            case [b"VCALENDAR", b"VTIMEZONE"] | [b"VCALENDAR", b"VTIMEZONE", b"STANDARD" | b"DAYLIGHT"]:
                zone_lines += 1
                zone_rules += name == "RRULE"
                if zone_lines > _MOST_ZONE_LINES or zone_rules > _MOST_ZONE_RULES:
                    raise ValueError("too much about zones")
                if name in _FRAME or name in _ZONE:
                    kept.append(_of_zone(name, line))
        if name == "END" and within.pop() != line[4:].strip().upper():
            raise ValueError("what ends has not begun")
    if within:
        raise ValueError("cut off")
    return begun, b"\r\n".join([*kept, b""])


def _unfolded(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Return the lines of a calendar with the number of each; folded lines are joined, long ones cut."""
    first, parts, length = 1, list[bytes](), 0
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        line = raw.rstrip(b"\r")
        if line[:1] in (b" ", b"\t") and parts:
            line = line[1:]
        else:
            yield first, b"".join(parts)
            first, parts, length = number, [], 0
        if length < _LONGEST_LINE:
            parts.append(line[: _LONGEST_LINE - length])
            length += len(line)
    yield first, b"".join(parts)


def _property(name: str, line: bytes) -> bytes:
    """Return the line of a session's property, changed to a form that the library reads quickly.

    Raises ValueError for a time at which no session can be.
    """
    if name == "CATEGORIES":
        return line[:_LONGEST_CATEGORIES]
    if name in {"DTSTART", "DTEND"}:
        year = _YEAR.search(line)
        if line.count(b"/") > _MOST_SLASHES or (year and not _FIRST_YEAR <= int(year[1]) <= _LAST_YEAR):
            raise ValueError("no session is then")
    return line


def _of_zone(name: str, line: bytes) -> bytes:
    """Return the line of a time zone, changed to a form that the library reads quickly.

    Raises ValueError for rules that go on for too long.
    """
    if name == "RRULE" and not _YEARLY.fullmatch(line):
        raise ValueError("no zone changes as often")
    year = _YEAR.search(line) if name == "DTSTART" else None
    if year and int(year[1]) < _FIRST_YEAR:
        return b"%s%d%s" % (line[: year.start(1)], _FIRST_YEAR, line[year.end(1) :])
    return line


def _read(event: Any, title: str, rules: ProgrammeRules) -> tuple[Mapping[str, Any], list[Span]]:
    """Return the values that a session of a calendar gives for a plan, and all its mistakes."""
    first = rules.locales[0]
    venue = clean(_words(event, "LOCATION"))
    values: dict[str, Any] = {"title": {first: title}, "venue": {first: venue} if venue else {}}
    values["speaker"], description = _about(event)
    values["description"] = {first: description} if description else {}
    reasons: list[Span] = []
    if not title:
        reasons.append(NO_TITLE)
    for column, text in (("SUMMARY", title), ("LOCATION", venue)):
        if len(text) > LONGEST:
            reasons.append(cell_too_long(column, text, LONGEST))
    if _is_repeated(event):
        reasons.append(REPEATS)
    try:
        values |= _times(event, rules)
    except CellError as error:
        reasons.append(error.reason)
    values["kind"], values["audience"] = "other", EVERYONE
    for category in _categories(event):
        if kind := kind_of(category):
            values["kind"] = kind
        elif audience := audience_of(category, rules):
            values["audience"] = audience
    try:
        link = _words(event, "URL").strip()
        values["map_url"] = check_link(link) if link else ""
    except CellError as error:
        reasons.append(error.reason)
    values["cancelled"] = _words(event, "STATUS").upper() == "CANCELLED"
    return values, reasons


def _times(event: Any, rules: ProgrammeRules) -> Mapping[str, Any]:
    if "DTSTART" not in event:
        raise CellError(NO_START)
    starts, zone = _instant(event, "DTSTART", rules)
    if "DTEND" in event:
        ends, _zone = _instant(event, "DTEND", rules)
    elif "DURATION" in event:
        lasts = event["DURATION"].dt
        if not isinstance(lasts, timedelta):
            raise CellError(NO_END)
        ends = starts + lasts
    else:
        raise CellError(NO_END)
    if ends <= starts:
        raise CellError(ENDS_FIRST)
    return {"starts": starts, "ends": ends, "zone": zone}


def _instant(event: Any, name: str, rules: ProgrammeRules) -> tuple[datetime, str]:
    """Return the instant of a property and the name of its time zone.

    The zone is the gathering's if the calendar names none that is known.
    """
    try:
        given = event[name].dt
        named = event[name].params.get("TZID")
    except Exception:  # noqa: BLE001 - repeated or unreadable: each has an error of its own
        raise unclear_time(str(event[name])) from None
    if not isinstance(given, datetime):
        raise CellError(_("It lasts whole days: give it a start time and an end time."))
    if given.tzinfo is None and named:
        raise unknown_zone(str(named))
    zone = getattr(given.tzinfo, "key", "UTC")
    if given.tzinfo is not None and zone == "UTC":  # in UTC, or in a zone the calendar describes itself
        return given.astimezone(UTC), rules.zone
    zone = zone if given.tzinfo else rules.zone
    try:
        return resolve(given.replace(tzinfo=None), zone), zone
    except BadTime as bad:
        raise no_such_instant(bad, f"{given:%Y-%m-%d %H:%M}", zone) from None


def _words(event: Any, name: str) -> str:
    """Return the text of a property, '' if it is missing; the first text if there are several languages."""
    value = event.get(name)
    if isinstance(value, list):
        value = value[0] if value else ""
    return "" if value is None else str(value)


def _about(event: Any) -> tuple[str, str]:
    """Return the speaker and the description of a session, each '' if there is none.

    They are cut to their greatest lengths: other programs write invitations to calls into descriptions.
    """
    words = _TAG.sub("", _NEW_LINE.sub("\n", _words(event, "DESCRIPTION")))
    lines = unescape(words).splitlines()
    speakers = [line for line in lines if ":" in line and key_of(line.partition(":")[0]) in _SAYS_SPEAKER]
    speaker = clean(speakers[0].partition(":")[2]) if speakers else ""
    description = clean(" ".join(line for line in lines if line not in speakers))
    return shortened(speaker, LONGEST), shortened(description, LONGEST_DESCRIPTION)


def _categories(event: Any) -> Iterator[str]:
    given = event.get("CATEGORIES")
    each = given if isinstance(given, list) else [given] if given is not None else []
    for category in islice((category for one in each for category in one.cats), _MOST_CATEGORIES):
        yield clean(str(category))


def _is_repeated(event: Any) -> bool:
    return any(name in event for name in ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"))


# --- The programme as an .ics calendar, for the calendars on people's phones.


MEDIA_TYPE = "text/calendar"


def write_calendar(sessions: Iterable[Session], name: str, reader: Reader, now: datetime) -> bytes:
    """Return an .ics calendar with the title `name` that contains these sessions in the language of `reader`.

    Each event has the session's key as its id, and the number of changes of the session, so that a phone that imports a
    newer file moves the session instead of adding it again. A cancelled session is marked as cancelled.
    """
    from icalendar import Calendar, Event, vUri

    calendar = Calendar()
    calendar.add("prodid", "-//Rencontres//programme//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    plans = []
    for session in sessions:
        plan, event = session.plan, Event()
        plans.append(plan)
        event.add("uid", plan.key if "@" in plan.key else f"{plan.key}{OWN}")
        event.add("dtstamp", now)
        event.add("sequence", session.revision - 1)
        event.add("summary", plain(Localised(plan.title), reader))
        event.add("dtstart", plan.starts.astimezone(ZoneInfo(plan.zone)))
        if plan.ends > plan.starts:
            event.add("dtend", plan.ends.astimezone(ZoneInfo(plan.zone)))
        if plan.venue:
            event.add("location", plain(Localised(plan.venue), reader))
        if plan.speaker or plan.description:
            # L10N: a line in a calendar file
            speaker = [plain(_("Speaker: {speaker}", speaker=Name(plan.speaker)), reader)] if plan.speaker else []
            description = [plain(Localised(plan.description), reader)] if plan.description else []
            event.add("description", "\n".join((*speaker, *description)))
        if plan.map_url:
            event.add("url", vUri(plan.map_url))
        event.add("status", "CANCELLED" if plan.cancelled else "CONFIRMED")
        calendar.add_component(event)
    if days := [plan.starts.date() for plan in plans]:
        around = timedelta(days=366)  # clocks change within a year of each
        calendar.add_missing_timezones(first_date=min(days) - around, last_date=max(days) + around)
    written: bytes = calendar.to_ical()
    return written
