"""Helpers of the organisers' screens of attendance: which day is marked, who has which mark, and the buttons."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.content.errors import Stale, existing_day
from bot.content.texts import Moment, Span, Text, _
from bot.content.views import Button
from bot.conversation.routes import Request
from bot.people import participant_store
from bot.people.participants import Participant
from handlers.attendance import hooks
from handlers.attendance.actions import MarkAttendance
from handlers.attendance.model import ABSENT, AFTERNOON, PRESENT, UNMARKED, AttendanceDay
from handlers.attendance.store.marks import attendance_on, has_afternoon

_NEXT = {UNMARKED: PRESENT, PRESENT: ABSENT, ABSENT: PRESENT}
"""The mark after a tap, by the mark before: who comes late was absent."""

# L10N: What taps on the button of a person do.
HOW = _("One tap: here. Another one: absent.")


async def day_to_mark(request: Request) -> date:
    """Return the day whose attendance organisers mark at present: today or, if later, the first day of groups."""
    return max(request.today, await hooks.first_day(request.tx) or request.today)


async def is_afternoon(request: Request, day: date, at: datetime | None = None) -> bool:
    """Return whether marks are for the afternoon of a day (True) or for its morning (False).

    For today, this depends on the present time or, if given, on the time `at`; for another day, it is the last half-day
    that has marks.
    """
    there = (at or request.now).astimezone(ZoneInfo(request.settings.gathering.zone))
    if day == there.date():
        return there.time() >= AFTERNOON
    return await has_afternoon(request.tx, day.isoformat())


def marked_at(request: Request, day: date) -> datetime:
    """Return the time to store for a mark on a day: when the button was pressed, but not before the day began."""
    return min(request.now, max(request.done_at, request.settings.gathering.day_begins(day)))


def half_day(day: AttendanceDay) -> Text:
    """Return the date and the half of the day for which people are marked, such as «…, morning»."""
    date = Moment.of_day(day.date)
    return _("{date}, afternoon", date=date) if day.afternoon else _("{date}, morning", date=date)


async def require_day(request: Request, ordinal: int, at: datetime | None = None) -> AttendanceDay:
    """Return the marks of a day, given as `date.toordinal()`, in the half of the day to which the time `at` belongs.

    `is_afternoon` decides which half that is. Raises Stale if there is no such day.
    """
    day = existing_day(ordinal)
    iso, afternoon = day.isoformat(), await is_afternoon(request, day, at)
    marks = await attendance_on(request.tx, iso, afternoon=afternoon)
    return AttendanceDay(day, marks, afternoon, await attendance_on(request.tx, iso))


async def require_attendee(request: Request, person_id: int) -> Participant:
    """Return the participant with this id if they attend the gathering. Raises Stale for anyone else."""
    person = await participant_store.find(request.tx, person_id)
    if person is None or not person.attends:
        raise Stale
    return person


def state_line(name: Span, state: int) -> Text:
    """Return a line with a person's name and mark. `state` is UNMARKED (0), ABSENT (1) or PRESENT (2)."""
    match state:
        case 2:
            return _("{name}: present", name=name)
        case 1:
            return _("{name}: absent", name=name)
        case _:
            return _("{name}: not marked", name=name)


def mark_button(name: Span, person_id: int, day: AttendanceDay, group: int, page: int) -> Button:
    """Return the button that shows a person's mark; a press marks them as here or, if they are here, as absent.

    `group` and `page` tell on which screen the button is, so that the same screen is shown again. Usually they are the
    id of a group and the page of its members, from 0. If `group` is 0, the screen is the list of people without a
    group, with `page` from 1. If both are 0, it is the person's own screen.
    """
    was = day.state(person_id)
    action = MarkAttendance(person_id, day.ordinal, was, _NEXT[was], group, page)
    match was:
        case 2:
            return Button(_("{name}: here ✓", name=name), action, style="primary", waits=True)
        case 1:
            return Button(_("{name}: absent ✗", name=name), action, style="danger", waits=True)
        case _:
            return Button(_("{name}: not marked", name=name), action, waits=True)


def present_and_absent_buttons(person_id: int, day: AttendanceDay) -> tuple[Button, Button]:
    """Return two buttons: one marks a person present on a day, the other one absent.

    The button for the mark that the person has already removes the mark.
    """
    was = day.state(person_id)
    here = MarkAttendance(person_id, day.ordinal, was, UNMARKED if was == PRESENT else PRESENT, 0, 0)
    gone = MarkAttendance(person_id, day.ordinal, was, UNMARKED if was == ABSENT else ABSENT, 0, 0)
    return (
        # L10N: Buttons. They mark a person present.
        Button(_("Here ✓"), here, style="primary") if was == PRESENT else Button(_("Here"), here),
        # L10N: Buttons. They mark a person absent.
        Button(_("Absent ✗"), gone, style="danger") if was == ABSENT else Button(_("Absent"), gone),
    )
