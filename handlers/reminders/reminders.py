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
from bot.people.audiences import EVERYONE_AND_TEAM
from handlers.attendance.actions import ATTENDANCE
from handlers.attendance.service import meets_on, who_takes
from handlers.programme.messages import PROGRAMME, day_of, line
from handlers.programme.model import Session, session_subject
from handlers.programme.service import programmes_of
from handlers.reminders import store

_MOST_OF_A_DAY = 12
"""The most sessions that the message lists; further ones are only counted."""


async def _notice(tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
    """Return the reminder of a day: each person gets their sessions in one message.

    It leads whoever takes attendance there. Other people without sessions on that day get none, and if it is no day of
    groups, nobody does.
    """
    day = _day(reminder)
    zone = (await configured(tx)).zone

    async def of_that_day(tx: Transaction, people: Collection[int]) -> Mapping[int, View]:
        programmes = await programmes_of(tx, people, zone)
        choices = await store.choices_of(tx, people)
        takers, meets = await who_takes(tx, day), await meets_on(tx, day)
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
            if sessions or (meets and person in takers):
                views[person] = _view(day, sessions, (ATTENDANCE,) if person in takers else ())
        return views

    return Notice(EVERYONE_AND_TEAM, of_that_day, rank=BULK)


def _day(reminder: Reminder) -> date:
    """Return the day that a reminder is about; its subject contains the date."""
    return date.fromisoformat(reminder.subject.partition(":")[2])


def _view(day: date, sessions: Sequence[Session], more_buttons: tuple[Button, ...]) -> View:
    date = Strong(Moment.of_day(day, "weekday"))
    if not sessions:
        line_ = _("On {day} the groups meet, and you take attendance.", day=date)
        return View((line_,), (*more_buttons, PROGRAMME, Button(_("Reminders"), Go("rappels"))))
    lines: list[Span] = [_("Your programme for {day}:", day=date)]
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
