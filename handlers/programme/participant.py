"""Participants' screens of the programme: what is now and next, one day, all days, and what is for oneself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.texts import Localised, Moment, Span, Strong, _
from bot.content.views import NOBODY, Button, File, Reply, View, reply
from bot.conversation.routes import Request, Routes
from handlers.groups.store.members import groups_of_person
from handlers.navigation.layout import if_over, paged
from handlers.programme import store
from handlers.programme.actions import EditProgramme
from handlers.programme.files.calendar import MEDIA_TYPE, write_calendar
from handlers.programme.messages import PROGRAMME, day_of, lines, where
from handlers.programme.model import Plan, Session
from handlers.programme.service import at_hand, seen_by

routes = Routes()

_MOST_DAYS = 7
_MOST_AT_ONCE = 2
_NEAR = timedelta(hours=1)
"""Sessions that begin within this time are announced by the time left («in 20 minutes») instead of the hour."""


@routes.command(
    "programme",
    _("The programme: now, next, by day"),
    names={"en": "programme", "de": "programm"},
    # L10N: long
    plain_words=_(
        "programme, program, schedule, agenda, timetable, where to, where do I go, where do we go,"
        " when, when is it, what time, what is next, next, now"
    ),
    listed=20,
)
async def show_programme(request: Request) -> Reply:
    """Show the person's current and next sessions, with buttons to each day, all days, and their own programme."""
    everything, mine = await seen(request)
    edit = (Button(_("Edit the programme"), EditProgramme(0)),) if request.participant.organises else ()
    if not everything:
        return reply(_("The programme is not here yet. You can read it here as soon as it is."), buttons=edit)
    return reply(
        *(_now_and_next(request, mine) or if_over(request) or [_("Nothing more is planned for you.")]),
        buttons=(
            *_days(request, everything),
            Button(_("All days"), show_all.to(0)),
            Button(_("My programme"), show_mine.to(0)),
            *_take_away(request, mine),
            *edit,
        ),
    )


async def seen(request: Request) -> tuple[Sequence[Session], Sequence[Session]]:
    """Return the sessions that the person may see, and those for the person, which are all of them for the team."""
    visible, mine = await seen_by(request.tx, request.participant.id, request.settings.gathering.zone)
    return visible, mine if request.participant.attends else visible


async def tell_what_is_next(request: Request) -> View:
    """Return, for the home screen, lines with the person's current and next sessions, their times and venues."""
    person = request.participant
    if person.status == "withdrawn":
        return View(())
    placed = await groups_of_person(request.tx, person.id) if person.attends else ()
    zone = request.settings.gathering.zone
    return View(tuple(_now_and_next(request, await at_hand(request.tx, person, placed, request.now, zone))))


async def offer_programme(request: Request) -> View:
    """Return the button to the programme for the home screen; an empty View if no session is still to come."""
    return View((), (PROGRAMME,) if await goes_on(request) else ())


async def goes_on(request: Request) -> bool:
    """Return whether the person did not withdraw, and any session takes place now or later."""
    return request.participant.status != "withdrawn" and bool(await store.still_to_come(request.tx, request.now))


def _now_and_next(request: Request, mine: Sequence[Session]) -> list[Span]:
    now = request.now
    held = [session for session in mine if not session.plan.cancelled]
    on = [session for session in held if session.plan.starts <= now < session.plan.over_at][:_MOST_AT_ONCE]
    said = [_described(each, _since(each.plan)) for each in on]
    to_come = [session for session in held if session.plan.starts > now]
    following = [session for session in to_come if session.plan.starts == to_come[0].plan.starts][:_MOST_AT_ONCE]
    return said + [_described(each, _("Next, {time}", time=_begins(request, each))) for each in following]


def _begins(request: Request, session: Session) -> Moment:
    """Return when a session begins: the time left if it is near, the hour if it is today, else day and hour."""
    if session.plan.starts - request.now < _NEAR:
        return Moment(session.plan.starts, "left")
    is_today = day_of(session, request.reader.zone) == request.today
    return Moment(session.plan.starts, "time" if is_today else "datetime")


def _since(plan: Plan) -> Span:
    if plan.ends > plan.starts:
        return _("Now, until {time}", time=Moment(plan.ends, "time"))
    return _("Now, since {time}", time=Moment(plan.starts, "time"))


def _described(session: Session, when: Span) -> Span:
    plan = session.plan
    title = Strong(Localised(plan.title))
    if plan.venue or plan.map_url:
        return _("{time}: {title}, {place}", time=when, title=title, place=where(plan))
    return _("{time}: {title}", time=when, title=title)


def _days(request: Request, found: Sequence[Session]) -> tuple[Button, ...]:
    """Return a button for each day with sessions. Past days are left out if there are many days."""
    days = sorted({day_of(session, request.reader.zone) for session in found})
    today = request.today
    shown = days if len(days) <= _MOST_DAYS else ([day for day in days if day >= today] or days)[:_MOST_DAYS]
    return tuple(
        Button(_("Today") if day == today else Moment.of_day(day), show_day.to(int(f"{day:%Y%m%d}"), 0))
        for day in shown
    )


def _take_away(request: Request, mine: Sequence[Session]) -> tuple[Button, ...]:
    """Return the button for a calendar file; none once nothing is to come that could be looked up in it."""
    to_come = any(session.plan.over_at > request.now for session in mine)
    return (Button(_("As a calendar file"), take_away.to()),) if to_come else ()


@routes.press("yd")
async def show_day(request: Request, ordinal: int, page_number: int) -> Reply:
    """Show the sessions of one day, with buttons to other pages and a calendar file.

    `ordinal` is a number such as 20270610; `page_number` counts the pages of the list from 0.
    """
    try:
        day = date.fromisoformat(str(ordinal))
    except ValueError:
        raise Stale from None
    visible, mine = await seen(request)
    found = [session for session in visible if day_of(session, request.reader.zone) == day]
    if not found:
        return reply(_("Nothing is planned that day."), buttons=(PROGRAMME,))
    return await _listing(request, found, mine, page_number, partial(show_day.to, ordinal))


@routes.press("ya")
async def show_all(request: Request, page: int) -> Reply:
    """Show the sessions of all days, with buttons to other pages and a calendar file.

    `page` counts the pages of the list from 0.
    """
    visible, mine = await seen(request)
    return await _listing(request, visible, mine, page, show_all.to)


@routes.press("ym")
async def show_mine(request: Request, page: int) -> Reply:
    """Show the sessions that are for the person: for everybody, or for their theme, group or territory.

    `page` counts the pages of the list from 0.
    """
    _visible, mine = await seen(request)
    if not mine:
        return reply(_("Nothing is planned for you yet."), buttons=(PROGRAMME,))
    return await _listing(request, mine, mine, page, show_mine.to)


async def _listing(
    request: Request, found: Sequence[Session], mine: Sequence[Session], page: int, here: Callable[[int], Action]
) -> Reply:
    shown, pages = paged(found, page, here)
    if not shown:
        raise Stale
    said = await lines(request.tx, shown, request.reader.zone)
    return reply(*said, buttons=(*pages, *_take_away(request, mine), PROGRAMME))


@routes.press("yc")
async def take_away(request: Request) -> Reply:
    """Send the person their own programme as an .ics file, which they can add to the calendar of their phone."""
    _visible, mine = await seen(request)
    if not mine:
        return reply(_("Nothing is planned for you yet."), buttons=(PROGRAMME,))
    content = write_calendar(mine, request.settings.gathering.name, request.reader, request.now)
    return reply(
        _("Your programme: open the file to add it to your calendar. If it changes, you are told here."),
        buttons=(PROGRAMME,),
        file=File(_("programme.ics"), content, MEDIA_TYPE, NOBODY),
        fresh=True,
    )
