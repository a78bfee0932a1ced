"""Sessions, as people are reminded of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject, configured, mute_of, number_of, rank
from bot.content.texts import Localised, Moment, Span, _
from bot.content.views import Button, View
from bot.database.engine import Transaction
from handlers.programme import own, service, store
from handlers.programme.actions import Later, Mute
from handlers.programme.messages import SOON, reminder_lines
from handlers.programme.model import SESSION, Session


async def _notice(tx: Transaction, reminder: Reminder, now: datetime, late: bool) -> Notice | None:
    """A session: when, what, where, and what to do now."""
    session = await store.find(tx, number_of(reminder.subject))
    if session is None or session.plan.cancelled or session.plan.starts != reminder.about or session.plan.ends <= now:
        return None
    known = await configured(tx)
    kind = session.plan.kind

    async def in_their_rooms(tx: Transaction, people: Collection[int]) -> Mapping[int, View]:
        rooms = await own.in_rooms(tx, session, people, known.zone)
        return {person: _view(theirs, now, late) for person, theirs in rooms.items()}

    view = in_their_rooms if kind == "workshop" else _view(session, now, late)
    return Notice(session.plan.audience, view, mute_of(kind), rank(reminder), asked_only=kind in known.asked)


def _view(session: Session, now: datetime, late: bool) -> View:
    buttons: list[Button] = []
    if session.plan.starts - now > SOON / 2:
        buttons.append(Button(_("Later"), Later(session.id)))
    buttons += [Button(_("Mute"), Mute(session.id)), service.PROGRAMME]
    return View(reminder_lines(session.plan, now, late=late), tuple(buttons))


async def _name(tx: Transaction, reminder: Reminder) -> Span | None:
    """When and what, in one line; None for a session that takes place no more."""
    session = await store.find(tx, number_of(reminder.subject))
    if session is None or session.plan.cancelled:
        return None
    return _("{time}: {title}", time=Moment(reminder.about), title=Localised(session.plan.title))


async def _plan(tx: Transaction, now: datetime) -> None:
    """Plan the reminders of every session that is not over."""
    for session in await store.all_sessions(tx):
        if session.plan.ends > now:
            await service.remind(tx, session, now)


SESSIONS = Subject(kind=SESSION, compose=_notice, name=_name, plan=_plan)
