"""Participants' screens of the programme: what is now and next, one day, a search, and a calendar file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

from bot.background import reminding
from bot.content.forms import Form, text
from bot.content.names import matches, search_key
from bot.content.texts import Joined, Localised, Moment, MomentStyle, Span, Strong, Text, _, _n, plain
from bot.content.views import NOBODY, Button, File, Reply, View, reply
from bot.conversation.routes import Request, Routes
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.audience_store import describe
from bot.people.audiences import EVERYONE, Audience
from bot.people.participants import Participant
from handlers.groups.messages.cards import MY_GROUP, room_name, short_title
from handlers.groups.store.members import groups_of_person, published_groups_of
from handlers.groups.store.rounds import find_round
from handlers.navigation.layout import PER_PAGE, day_buttons, day_of_number, if_over, paged
from handlers.programme import hooks, store
from handlers.programme.actions import EditProgramme
from handlers.programme.files.calendar import MEDIA_TYPE, write_calendar
from handlers.programme.messages import KIND_NAMES, NEAR, PROGRAMME, day_of, lines, where
from handlers.programme.model import Plan, Session
from handlers.programme.service import Placed, at_hand, group_on_day, seen_by
from handlers.themes.store import find_theme

routes = Routes()

_MOST_AT_ONCE = 2


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
    """Show the sessions of today or of the next day that has sessions; after the gathering, show its last day."""
    visible, mine = await seen(request)
    if not visible:
        nothing = _("The programme is not ready yet. You will find it here.")
        return reply(nothing, buttons=_edit_button(request))
    days = _days(request, visible)
    day = next((day for day in days if day >= request.today), days[-1])
    return await _listing(request, day, 0, visible, mine)


async def seen(request: Request) -> tuple[Sequence[Session], Sequence[Session]]:
    """Return the sessions that the person may see, and the sessions for the person; for the team, both are all."""
    visible, mine = await seen_by(request.tx, request.participant.id, request.settings.gathering.zone)
    return visible, mine if request.participant.attends else visible


async def tell_what_is_next(request: Request) -> View:
    """Return, for the home screen, lines with the person's current and next sessions, their times and venues.

    If the next session is a workshop of the person's group, a button shows the group. If no session is to come, a line
    names a session that was over lately.
    """
    if request.participant.status == "withdrawn":
        return View(())
    placed, zone = await _placed(request), request.settings.gathering.zone
    mine = await _at_hand(request.tx, request.participant, placed, request.now, zone)
    if not mine and not request.gathering_is_over:
        return View(tuple((await hooks.over_already(request.tx, request.now)).values())[-1:])
    meets = bool(mine) and mine[0].plan.starts > request.now and group_on_day(mine[0], placed, zone) is not None
    return View(tuple(await _now_and_next(request, mine, placed)), (MY_GROUP,) if meets else ())


async def name_what_is_next(request: Request) -> View:
    """Return, for the bar of a page, the person's current or else next session: «14:00 · Culture 6 · Room 3».

    The time is when the current session ends or the next one begins. The View is empty if no session is to come.
    """
    zone = request.settings.gathering.zone
    line = await _name_next(request.tx, request.participant, await _placed(request), request.now, zone)
    return View((line,) if line else ())


async def on_now(tx: Transaction, people: Collection[int], now: datetime) -> Sequence[tuple[int, Span]]:
    """Return the line of the bar for each of these participants, with their ids; nobody who has nothing to come."""
    zone, placed = (await reminding.configured(tx)).zone, await published_groups_of(tx, people)
    lines = []
    for person in [await participant_store.find(tx, participant_id) for participant_id in people]:
        line = await _name_next(tx, person, placed.get(person.id, ()), now, zone) if person else None
        lines += [(person.id, line)] if person and line else []
    return lines


async def _name_next(tx: Transaction, person: Participant, placed: Placed, now: datetime, zone: str) -> Span | None:
    mine = await _at_hand(tx, person, placed, now, zone) if person.status != "withdrawn" else ()
    for session in mine[:1]:
        plan, what = session.plan, await _what(tx, session, placed, zone)
        if plan.starts > now:
            is_today = day_of(session, zone) == now.astimezone(ZoneInfo(zone)).date()
            # L10N: a bar of one line: {what} is a session and its room, {time} when it begins
            return _("{time} · {what}", what=what, time=Moment(plan.starts, "time" if is_today else "datetime"))
        # L10N: a bar of one line: {what} is a session and its room, {time} when it ends
        return _("{what} · until {time}", what=what, time=Moment(plan.over_at, "time"))
    return None


async def _placed(request: Request) -> Placed:
    """Return the person's groups; none for who does not attend."""
    person = request.participant
    return await groups_of_person(request.tx, person.id) if person.attends else ()


async def _at_hand(tx: Transaction, person: Participant, placed: Placed, now: datetime, zone: str) -> Sequence[Session]:
    """Return what takes place now for a person, and what comes next, without what is cancelled or over already."""
    found = await at_hand(tx, person, placed, now, zone)
    over = await hooks.over_already(tx, now) if found else {}
    return [session for session in found if not session.plan.cancelled and session.id not in over]


async def tell_next_meeting(request: Request) -> View:
    """Return the line of the group's screen that says until when the group works now, or when it works next.

    The View is empty if nothing is to come, and before the group's first meeting, which the screen shows anyway.
    """
    placed, (_visible, mine) = await _placed(request), await seen(request)
    for session in mine:
        group, plan = group_on_day(session, placed, request.settings.gathering.zone), session.plan
        if group is None or plan.cancelled or plan.over_at <= request.now:
            continue
        round_ = await find_round(request.tx, group.round)
        if round_ is None or round_.meets_at is None or round_.meets_at > request.now:
            return View(())
        if plan.starts <= request.now:
            # L10N: of a group: it works now
            return View((_("You meet now, until {time}", time=Strong(Moment(plan.over_at, "time"))),))
        moment = Moment(plan.starts, "time" if _is_today(request, session) else "datetime")
        return View((_("Next meeting: {moment}", moment=Strong(moment)),))
    return View(())


async def offer_programme(request: Request) -> View:
    """Return the button to the programme for the home screen; an empty View if no session is still to come."""
    return View((), (PROGRAMME,) if await goes_on(request) else ())


async def goes_on(request: Request) -> bool:
    """Return whether any session is taking place or still to come; False for a person who is not coming."""
    return request.participant.status != "withdrawn" and bool(await store.still_to_come(request.tx, request.now))


async def _now_and_next(request: Request, mine: Sequence[Session], placed: Placed) -> list[Span]:
    """Return a line for each session that is on, then for what comes next: «Free until 14:00, then Culture 6».

    `mine` are sessions in order, none of them cancelled; `placed` the person's groups.
    """
    now, zone = request.now, request.settings.gathering.zone
    on = [session for session in mine if session.plan.starts <= now < session.plan.over_at][:_MOST_AT_ONCE]
    said = [_now(each.plan, await _what(request.tx, each, placed, zone)) for each in on]
    to_come = [session for session in mine if session.plan.starts > now]
    following = [session for session in to_come if session.plan.starts == to_come[0].plan.starts][:_MOST_AT_ONCE]
    begun = request.today >= request.settings.gathering.starts
    busy = bool(said) or (begun and bool(following) and bool(await hooks.something_is_on(request)))
    for session in following:
        what = await _what(request.tx, session, placed, zone)
        said.append(_then(request, session, what) if busy or said else await _before(request, session, what))
    return said


def _now(plan: Plan, what: Span) -> Span:
    if plan.ends > plan.starts:
        return _("Now: {what}, until {time}", what=what, time=Moment(plan.ends, "time"))
    return _("Now: {what}, since {time}", what=what, time=Moment(plan.starts, "time"))


def _then(request: Request, session: Session, what: Span) -> Span:
    style: MomentStyle = "time" if _is_today(request, session) else "datetime"
    return _("Then, {time}: {what}", time=Moment(session.plan.starts, style), what=what)


async def _before(request: Request, session: Session, what: Span) -> Span:
    """Return the line of what comes next while nothing is on: with the time left if it is near.

    It speaks of free time only on a day on which something has taken place.
    """
    starts = session.plan.starts
    time = Moment(starts, "time")
    if request.today < request.settings.gathering.starts:
        return _("{time}: {what}", time=Moment(starts), what=what)
    if _is_today(request, session):
        # L10N: the hour at which something begins, and the time left: «14:00 (in 8 minutes)»
        near: Span = _("{time} ({left})", time=time, left=Moment(starts, "left"))
        until = near if starts - request.now <= NEAR else time
        visible, _mine = await seen(request)
        if not any(_is_today(request, other) and other.plan.starts <= request.now for other in visible):
            # L10N: {time} is an hour: the first thing of the day
            return _("It begins at {time}: {what}", time=until, what=what)
        # L10N: {time} is an hour: nothing is on until then
        return _("Free until {time}, then {what}", time=until, what=what)
    if day_of(session, request.reader.zone) == request.today + timedelta(days=1):
        # L10N: {time} is an hour
        return _("Nothing before tomorrow, {time}: {what}", time=time, what=what)
    # L10N: {time} is a day and an hour
    return _("Nothing before {time}: {what}", time=Moment(starts), what=what)


def _is_today(request: Request, session: Session) -> bool:
    return day_of(session, request.reader.zone) == request.today


async def _what(tx: Transaction, session: Session, placed: Placed, zone: str) -> Span:
    """Return a session and its place, or in a workshop the person's group: «Opening · Room A», «Culture 6 · Room 3»."""
    plan, group = session.plan, group_on_day(session, placed, zone)
    theme = await find_theme(tx, group.theme) if group else None
    title: Span = short_title(group, theme) if group and theme else Localised(plan.title)
    if group and theme and group.room:
        return Joined((Strong(title), " · ", room_name(group.room)))
    return Joined((Strong(title), " · ", where(plan))) if plan.venue or plan.map_url else Strong(title)


async def list_sessions(request: Request, shown: Sequence[Session], mine: Sequence[Session]) -> Sequence[Span]:
    """Return the lines of a list of sessions; workshops of `mine`, which are for the person, name the group."""
    placed, theirs, groups = await _placed(request), {session.id for session in mine}, dict[int, Span]()
    for session in shown:
        group = group_on_day(session, placed, request.settings.gathering.zone) if session.id in theirs else None
        theme = await find_theme(request.tx, group.theme) if group else None
        if group and theme:
            groups[session.id] = short_title(group, theme)
    return await lines(request.tx, shown, request.reader.zone, mine, request.now, groups)


def _days(request: Request, sessions: Sequence[Session]) -> Sequence[date]:
    """Return the days of sessions, in order."""
    return sorted({day_of(session, request.reader.zone) for session in sessions})


def _edit_button(request: Request) -> tuple[Button, ...]:
    return (Button(_("Edit the programme"), EditProgramme(0)),) if request.participant.organises else ()


def _take_away(request: Request, mine: Sequence[Session]) -> tuple[Button, ...]:
    """Return the button for a calendar file; none once nothing is to come that could be looked up in it."""
    to_come = any(session.plan.over_at > request.now for session in mine)
    return (Button(_("Add to my calendar"), take_away.to()),) if to_come else ()


@routes.press("yd")
async def show_day(request: Request, ordinal: int, page_number: int) -> Reply:
    """Show the sessions of one day.

    `ordinal` is a number such as 20270610; `page_number` counts the pages of the list from 0.
    """
    day = day_of_number(ordinal)
    visible, mine = await seen(request)
    if day not in _days(request, visible):
        return reply(_("Nothing is planned that day."), buttons=(PROGRAMME,))
    return await _listing(request, day, page_number, visible, mine)


async def _listing(
    request: Request, day: date, page: int, visible: Sequence[Session], mine: Sequence[Session]
) -> Reply:
    """Show a page of a day's sessions, with the way to other days; those that are for the person stand out."""
    ordinal = int(f"{day:%Y%m%d}")
    found = [session for session in visible if day_of(session, request.reader.zone) == day]
    shown, pages = paged(found, page, partial(show_day.to, ordinal))
    held = any(session.plan.over_at > request.now and not session.plan.cancelled for session in mine)
    over = () if held else if_over(request) or (_("Nothing more is planned for you."),)
    return reply(
        *over,
        *await list_sessions(request, shown, mine),
        buttons=(
            *day_buttons(request, _days(request, visible), day, lambda number: show_day.to(number, 0)),
            SEARCH,
            *pages,
            *_take_away(request, mine),
            *_edit_button(request),
        ),
        again=show_day.to(ordinal, page),
    )


@routes.press("ya")
async def show_list(request: Request, _page: int) -> Reply:
    """Show the programme, for buttons of an earlier version, which listed all days or the person's own sessions."""
    return await show_programme(request)


routes.press("ym")(show_list.handler)


class SearchForm(Form):
    """The form for words by which sessions are searched."""

    title: ClassVar[Text] = _("Search the programme")
    sends: ClassVar[Text] = _("Search")
    words: str = text(_("A word of the title, the room, the theme…"), max_length=100)


@routes.form("yq", SearchForm)
async def search(request: Request, form: SearchForm) -> Reply:
    """Show the sessions that have, in texts, kind or audience, a word that begins like each word of the form."""
    visible, mine = await seen(request)
    audiences = {each: await describe(request.tx, each) for each in {session.plan.audience for session in visible}}
    found = [session for session in visible if matches(form.words, _searched(request, session.plan, audiences))]
    if not found:
        return reply(_("Nothing in the programme has these words."), buttons=(SEARCH, PROGRAMME))
    more = len(found) - PER_PAGE
    return reply(
        *await list_sessions(request, found[:PER_PAGE], mine),
        *((_n("… and {count} more.", "… and {count} more.", more),) if more > 0 else ()),
        buttons=(SEARCH, PROGRAMME),
    )


def _searched(request: Request, plan: Plan, audiences: Mapping[Audience, Span]) -> str:
    """Return the words by which a session is found, in every language it is written in. `audiences` are all names."""
    audience = audiences[plan.audience] if plan.audience != EVERYONE else ""
    named = (plain(span, request.reader) for span in (KIND_NAMES[plan.kind], audience))
    written = (*plan.title.values(), *plan.venue.values(), plan.speaker, *plan.description.values())
    return search_key(" ".join(written), " ".join(named))


# L10N: a button, a verb: look for sessions by words
SEARCH = Button(_("Search"), search.to())


@routes.press("yc")
async def take_away(request: Request) -> Reply:
    """Send the person an .ics file with the sessions that are for them, to add to the calendar of a phone."""
    _visible, mine = await seen(request)
    if not mine:
        return reply(_("Nothing is planned for you yet."), buttons=(PROGRAMME,))
    content = write_calendar(mine, request.settings.gathering.name, request.reader, request.now)
    return reply(
        _("Your programme: open the file to add it to your calendar. If it changes, I will tell you here."),
        buttons=(PROGRAMME,),
        file=File(_("programme.ics"), content, MEDIA_TYPE, None if any(each.plan.speaker for each in mine) else NOBODY),
        fresh=True,
    )
