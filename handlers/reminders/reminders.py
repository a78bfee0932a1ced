"""The reminder sent on the eve of a day, at a configured hour: a list of one person's sessions of that day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from bot.background.reminder_store import Reminder
from bot.background.reminding import DAY, Notice, Subject, configured, mute_of
from bot.content.delivery_kinds import BULK
from bot.content.texts import Moment, Span, Strong, _, _n
from bot.content.views import Button, View
from bot.conversation.routes import Go
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.audiences import Audience
from handlers.attendance.actions import ATTENDANCE
from handlers.programme.messages import PROGRAMME, day_of, line
from handlers.programme.model import Session, session_subject
from handlers.programme.service import programmes_of
from handlers.reminders import store

_MOST_OF_A_DAY = 12
"""The most sessions that the message lists; further ones are only counted."""


async def _notice(tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
    """Return the reminder of a day: each person gets their sessions in one message.

    People without sessions on that day get none. From organisers' it leads to the attendance of the day.
    """
    day = _day(reminder)
    zone = (await configured(tx)).zone

    async def of_that_day(tx: Transaction, people: Collection[int]) -> Mapping[int, View]:
        programmes = await programmes_of(tx, people, zone)
        choices = await store.choices_of(tx, people)
        team = await participant_store.organisers(tx)
        views = {}
        for person, programme in programmes.items():
            muted, _asked = choices.get(person, (frozenset(), frozenset()))
            sessions = [
                session
                for session in programme
                if day_of(session, zone) == day
                and session.plan.starts > now
                and not session.plan.cancelled
                and muted.isdisjoint((session_subject(session.id), mute_of(session.plan.kind)))
            ]
            if sessions:
                views[person] = _view(day, sessions, (ATTENDANCE,) if person in team else ())
        return views

    return Notice(Audience(), of_that_day, rank=BULK)


def _day(reminder: Reminder) -> date:
    """Return the day that a reminder is about; its subject contains the date."""
    return date.fromisoformat(reminder.subject.partition(":")[2])


def _view(day: date, sessions: Sequence[Session], more_buttons: tuple[Button, ...]) -> View:
    lines: list[Span] = [_("Your programme for {day}:", day=Strong(Moment.of_day(day, "weekday")))]
    lines += [line(session) for session in sessions[:_MOST_OF_A_DAY]]
    if (more := len(sessions) - _MOST_OF_A_DAY) > 0:
        lines.append(_n("and {count} more, in /programme", "and {count} more, in /programme", more))
    return View(tuple(lines), (PROGRAMME, *more_buttons, Button(_("Reminders"), Go("rappels"))))


async def _name(_tx: Transaction, reminder: Reminder) -> Span:
    return _("what the next day holds, {day}", day=Moment.of_day(_day(reminder)))


DAYS = Subject(kind=DAY, compose=_notice, name=_name)
"""Declares that people can be reminded of a day.

Any module that adds something to a day plans its reminder (`bot.background.reminding.schedule_day`).
"""
