"""Answers people's typed questions about the programme: what is next for them, and what is planned on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.content.date_words import AFTER_TOMORROW, TODAY, TOMORROW
from bot.content.names import fold, words
from bot.content.texts import Joined, Listing, Localised, Moment, Span, Strong, _
from bot.content.views import Reply, reply
from bot.conversation.routes import Request
from bot.conversation.topics import Topic
from bot.people.naming import called
from handlers.groups.messages.cards import title
from handlers.groups.model import Group
from handlers.groups.store.members import groups_of_person, members_of
from handlers.programme.messages import PROGRAMME, day_of, description_line, heading, speaker_line, where
from handlers.programme.model import Session
from handlers.programme.participant import list_sessions, seen, show_programme
from handlers.programme.service import Placed, at_hand, group_on_day
from handlers.themes.store import find_theme

_MOST = 3
"""How many sessions an answer names."""
_WEEKDAYS = (
    ("lundi", "monday", "montag"),
    ("mardi", "tuesday", "dienstag"),
    ("mercredi", "wednesday", "mittwoch"),
    ("jeudi", "thursday", "donnerstag"),
    ("vendredi", "friday", "freitag"),
    ("samedi", "saturday", "samstag"),
    ("dimanche", "sunday", "sonntag"),
)
_TONIGHT = frozenset(("soir", "tonight", "tonite", "2nite", "heut", "ajd", "auj", "journee"))
_TOMORROW = frozenset(("dem1", "2m1", "2main", "dmain", "demin", "tmrw", "tomorow", "morn"))
_PLENARY = ("plenier", "plenar", "plenum")


async def tell_next(request: Request, _text: str) -> Reply:
    """Reply where the person must be now or next: the session, its time and venue, and the others in the group."""
    person, zone = request.participant, request.settings.gathering.zone
    placed = await groups_of_person(request.tx, person.id) if person.attends else ()
    found = [
        session
        for session in await at_hand(request.tx, person, placed, request.now, zone)
        if not session.plan.cancelled
    ]
    if not found:
        return reply(_("Nothing more is planned for you."), buttons=(PROGRAMME,))
    said: list[Span] = []
    for session in found[:_MOST]:
        said += (await _described(request, session, placed), *speaker_line(session.plan))
    return reply(*said, *(description_line(found[0].plan) if len(found) == 1 else ()), buttons=(PROGRAMME,))


async def _described(request: Request, session: Session, placed: Placed) -> Span:
    """Return the line of a session: «Workshop: today 14:00, Room 3 (Culture 6), with Chloé and Yannick»."""
    plan, zone = session.plan, request.settings.gathering.zone
    starts = Moment(plan.starts, "time")
    if plan.starts <= request.now:
        when: Span = _("now, since {time}", time=starts)
    elif day_of(session, zone) == request.today:
        when = _("today, {time}", time=starts)
    else:
        when = Moment(plan.starts)
    group = group_on_day(session, placed, zone)
    place: tuple[Span, ...] = (where(plan),) if plan.venue or plan.map_url else ()
    if group is None:
        said: Sequence[Span] = (when, *place)
    else:
        said = await _in_group(request, group, when, place)
    return _("{title}: {details}", title=Strong(Localised(plan.title)), details=_joined(said))


async def _in_group(request: Request, group: Group, when: Span, place: tuple[Span, ...]) -> Sequence[Span]:
    theme = await find_theme(request.tx, group.theme)
    name: tuple[Span, ...] = (title(group, theme),) if theme else ()
    if place and name:
        place, name = (_("{place} ({group})", place=place[0], group=name[0]),), ()
    others = tuple(
        called(member, "given") for member in await members_of(request.tx, group) if member.id != request.participant.id
    )
    # L10N: with whom one is in a group
    people: tuple[Span, ...] = (_("with {people}", people=Listing(others)),) if others else ()
    return (when, *place, *name, *people)


def _joined(parts: Sequence[Span]) -> Joined:
    return Joined(tuple(span for part in parts for span in (", ", part))[1:])


async def tell_programme(request: Request, text: str) -> Reply:
    """Reply with the sessions of the day that a text names, with the plenary if the text names it, or the programme."""
    folded = words(fold(text))
    visible, mine = await seen(request)
    zone = request.settings.gathering.zone
    if any(word.startswith(_PLENARY) for word in folded):
        plenaries = [
            session
            for session in visible
            if session.plan.kind == "plenary" and session.plan.over_at > request.now and not session.plan.cancelled
        ]
        if plenaries:
            return reply(*(heading(each.plan, request.now) for each in plenaries[:_MOST]), buttons=(PROGRAMME,))
    day = _day_in(folded, request.today)
    if day is None:
        return await show_programme(request)
    found = [session for session in mine or visible if day_of(session, zone) == day]
    if not found:
        return reply(_("Nothing is planned that day."), buttons=(PROGRAMME,))
    said = await list_sessions(request, found, mine)
    return reply(*said, buttons=(PROGRAMME,))


def _day_in(folded: Sequence[str], today: date) -> date | None:
    """Return the day that a text names by a word such as «tomorrow» or «Sunday», today or later; None for no day."""
    said, every = " ".join(folded), set(folded)
    if any(fold(word) in said for word in AFTER_TOMORROW):
        return today + timedelta(days=2)
    for ahead in range(7):
        if every.intersection(_WEEKDAYS[(today + timedelta(days=ahead)).weekday()]):
            return today + timedelta(days=ahead)
    if every & (TOMORROW | _TOMORROW):
        return today + timedelta(days=1)
    if every & (TODAY | _TONIGHT) or "aujourd hui" in said:
        return today
    return None


NEXT = Topic(
    "next",
    # L10N: long
    _(
        "next, next session/workshop/thing/one/activity/meeting/slot, my next, what next, what now, whats next, and"
        " now, where next, where now, where to, where do I go, where i go, where do we go, where should I be, where"
        " should I go, where do i have to be, where am I supposed to be, where supposed be, where we meet, where do we"
        " meet, have to be, need to be, be at, when workshop/session, where workshop/session, what after, after this,"
        " after lunch/break/dinner what/where, do after, what do we do now, what am I doing, what do I have, when does"
        " it start, when start, when do we start again, resume/resumes, starting again, when is it, session"
        " when/where, workshop when/where, what this afternoon, anything this afternoon, free this afternoon, go now"
    ),
    _("What is next for me"),
    tell_next,
)

DAY = Topic(
    "programme",
    # L10N: long
    _(
        "programme/program, schedule, timetable, agenda, calendar, plan, tomorrow, what tomorrow, when tomorrow, time"
        " tomorrow, tomorrow morning, start tomorrow, tonight, what tonight, on tonight, tonight free, anything"
        " tonight, today, what today, this evening, evening, plenary, when plenary, time plenary, when finish, finish,"
        " finished today, what time we start, what time start, what time finish/end/over, when over, day over, over"
        " today, end today/sunday/saturday, saturday, sunday, friday, saturday/sunday/friday what/time, closing,"
        " ceremony, opening, free time, party, visit, mandatory, when break, break time, breaks, what's on"
    ),
    PROGRAMME.label,
    tell_programme,
)
