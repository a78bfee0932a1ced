"""The first meeting of a round's groups, as people are reminded of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject, configured, mute_of, number_of, rank
from bot.content.texts import Moment, Span, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.people.audiences import Audience
from handlers.groups import service, store
from handlers.groups.messages import MY_GROUP
from handlers.groups.model import MEETING
from handlers.programme import own as own_programme
from handlers.programme.messages import reminder_lines
from handlers.programme.service import PROGRAMME


async def _notice(tx: Transaction, reminder: Reminder, now: datetime, late: bool) -> Notice | None:
    """The first meeting of one's group, in its room; None for who has a workshop that begins then."""
    round_ = await store.find_round(tx, number_of(reminder.subject))
    if round_ is None or not round_.published or round_.meets_at != reminder.about:
        return None
    zone = (await configured(tx)).zone

    async def of_their_groups(tx: Transaction, people: Collection[int]) -> Mapping[int, View]:
        entries = await own_programme.of_people(tx, people, zone)
        return {
            person: View(reminder_lines(entry.plan, now, late=late), (MY_GROUP, PROGRAMME))
            for person, found in entries.items()
            for entry in found
            if entry.id == -round_.number
        }

    return Notice(Audience(), of_their_groups, mute_of("workshop"), rank(reminder))


async def _name(_tx: Transaction, reminder: Reminder) -> Span:
    return _("{time}: the groups' first meeting", time=Moment(reminder.about))


async def _plan(tx: Transaction, now: datetime) -> None:
    """Plan the reminders of every first meeting that is to come."""
    for round_ in await store.rounds(tx):
        if round_.meets_at and round_.meets_at > now:
            await service.remind_of_meeting(tx, round_, now)


MEETINGS = Subject(kind=MEETING, compose=_notice, name=_name, plan=_plan)
