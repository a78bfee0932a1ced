"""The programme as an .ics calendar, for the calendars on people's phones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.content.texts import Localised, Reader, plain
from handlers.programme.model import Session
from handlers.programme.programme_files import OWN

MEDIA_TYPE = "text/calendar"


def write_calendar(sessions: Iterable[Session], name: str, reader: Reader, now: datetime) -> bytes:
    """Sessions as a calendar called `name`, in a reader's words.

    A session keeps its id there from file to file and counts its changes, so that a calendar that takes a newer file
    moves what it has instead of doubling it; a cancelled one is struck out.
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
        if plan.place:
            event.add("location", plain(Localised(plan.place), reader))
        if plan.map_url:
            event.add("url", vUri(plan.map_url))
        event.add("status", "CANCELLED" if plan.cancelled else "CONFIRMED")
        calendar.add_component(event)
    if days := [plan.starts.date() for plan in plans]:
        around = timedelta(days=366)  # clocks change within a year of each
        calendar.add_missing_timezones(first_date=min(days) - around, last_date=max(days) + around)
    written: bytes = calendar.to_ical()
    return written
