"""Declares sessions, and the first meetings of groups, as things that people are reminded of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject, configured, mute_of, number_of
from bot.content.texts import Localised, Moment, Span, _
from bot.content.views import Button, View
from bot.database.engine import Transaction
from bot.people.audiences import EVERYONE_AND_TEAM
from handlers.attendance.actions import ATTENDANCE
from handlers.attendance.service import who_takes
from handlers.groups.messages.cards import MY_GROUP
from handlers.groups.model import MEETING
from handlers.groups.service.membership import remind_of_meeting
from handlers.groups.store.rounds import all_rounds, find_round
from handlers.navigation.actions import Mute, RemindLater
from handlers.programme import service, store
from handlers.programme.messages import KIND_NAMES, PROGRAMME, SOON, reminder_lines
from handlers.programme.model import KINDS, SESSION, Session


async def _notice(tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
    """Return the reminder of a session; None if it is over, does not take place, or was moved or deleted."""
    session = await store.find_session(tx, number_of(reminder.subject))
    if (
        session is None
        or not session.plan.takes_place
        or session.plan.starts != reminder.about
        or session.plan.ends <= now
    ):
        return None
    known = await configured(tx)
    kind = session.plan.kind

    async def in_their_rooms(tx: Transaction, people: Collection[int]) -> Mapping[int, View]:
        rooms = await service.in_rooms(tx, session, people, known.zone)
        return {person: _view(theirs, now) for person, theirs in rooms.items()}

    view = in_their_rooms if kind == "workshop" else _view(session, now)
    return Notice(session.plan.audience, view, mute_of(kind), asked_only=kind in known.asked)


def _view(session: Session, now: datetime) -> View:
    buttons: tuple[Button, ...] = (PROGRAMME,)
    if session.plan.starts - now > SOON / 2:  # else nothing follows that could be muted
        # L10N: a button below a reminder: be reminded once more
        later = Button(_("Later"), RemindLater(session.id))
        # L10N: a button below a reminder, a verb: get no more of these
        buttons = (later, Button(_("Mute"), Mute(session.id)), PROGRAMME)
    return View(reminder_lines(session.plan, now), buttons)


async def _name(tx: Transaction, reminder: Reminder) -> Span | None:
    """Return one line with the start and title of a session; None if it does not take place or was deleted."""
    session = await store.find_session(tx, number_of(reminder.subject))
    if session is None or not session.plan.takes_place:
        return None
    return _("{time}: {title}", time=Moment(reminder.about), title=Localised(session.plan.title))


async def _plan(tx: Transaction, now: datetime) -> None:
    """Plan the reminders of every session that is not over."""
    for session in await store.all_sessions(tx):
        if session.plan.ends > now:
            await service.plan_reminders(tx, session, now)


SESSIONS = Subject(
    kind=SESSION, compose=_notice, name=_name, kinds={kind: KIND_NAMES[kind] for kind in KINDS}, plan=_plan
)


# --- first meetings, which are entries of the programme like sessions (`handlers.programme.service`)


async def _meeting_notice(tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
    """Return the reminder of the first meetings of a round's groups; None if there is no such meeting any more.

    People whose group begins with a workshop at that time get none, because they are reminded of the workshop. It leads
    whoever takes attendance there, and they get it in any case, unless everybody is reminded of the workshop.
    """
    round_ = await find_round(tx, number_of(reminder.subject))
    if round_ is None or not round_.published or round_.meets_at != reminder.about:
        return None
    known = await configured(tx)

    async def of_their_groups(tx: Transaction, people: Collection[int]) -> Mapping[int, View]:
        programmes = await service.programmes_of(tx, people, known.zone)
        takers = await who_takes(tx, round_.day)
        views = {}
        for person, programme in programmes.items():
            meeting = next((entry.plan for entry in programme if entry.id == -round_.number), None)
            more = (ATTENDANCE,) if person in takers else ()
            if meeting:
                views[person] = View(reminder_lines(meeting, now), (MY_GROUP, PROGRAMME, *more))
            elif more and not ("workshop" not in known.asked and _in_a_workshop(programme, reminder.about)):
                line = _("{time}: the groups meet. You take attendance.", time=Moment(reminder.about, "time"))
                views[person] = View((line,), (ATTENDANCE, PROGRAMME))
        return views

    return Notice(EVERYONE_AND_TEAM, of_their_groups, mute_of("workshop"))


def _in_a_workshop(programme: Iterable[Session], at: datetime) -> bool:
    return any(session.plan.kind == "workshop" and session.plan.starts == at for session in programme)


async def _meeting_name(_tx: Transaction, reminder: Reminder) -> Span:
    return _("{time}: the groups' first meeting", time=Moment(reminder.about))


async def _plan_meetings(tx: Transaction, now: datetime) -> None:
    """Plan the reminders of all first meetings of groups that are still to come."""
    for round_ in await all_rounds(tx):
        if round_.meets_at and round_.meets_at > now:
            await remind_of_meeting(tx, round_, now)


MEETINGS = Subject(kind=MEETING, compose=_meeting_notice, name=_meeting_name, plan=_plan_meetings)
