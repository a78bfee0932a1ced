"""Sends reminders when they are due, and gives up overdue ones, of which organisers are notified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.background import reminder_store
from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject, kind_of, mute_of, rank
from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.content.stored_views import pack
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from handlers.reminders import store
from handlers.reminders.messages import LATE, missed_lines, missed_view
from handlers.reminders.model import ON_TIME, is_late
from handlers.reminders.settings import ReminderSettings

log = structlog.get_logger()

_MICROSECOND = timedelta(microseconds=1)


class Reminders:
    """The source of reminders; the ticker, the loop that does what is due, calls it to send them."""

    def __init__(self, settings: Settings, subjects: Mapping[str, Subject]) -> None:
        """Keep `subjects`, the declared kinds of things that people are reminded of, by kind."""
        self._grace = settings.of(ReminderSettings).longest_delay
        self._subjects = subjects

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Plan the reminders that are missing when the program starts; existing reminders are left as they are."""
        for subject in self._subjects.values():
            await subject.plan(tx, now)

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when `release` has something to do next, perhaps in the past; None if no reminder is planned."""
        if (
            await reminder_store.any_called_back(tx)
            or await store.have_missed_too_soon(tx, now)
            or await self._moved(tx)
        ):
            return now
        return await store.next_reminder_due(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Do the first of the things below that is due. Returns None if nothing is due; the caller calls it until then.

        The order is: delete unsent messages of cancelled reminders, plan reminders of moved sessions again, restore
        reminders that were given up too soon, give up reminders that are too late, and enqueue the reminder that has
        been due longest.
        """
        if await reminder_store.call_back_more(tx):
            return Released()
        if moved := await self._moved(tx):
            for subject in moved:
                await subject.plan(tx, now)
            return Released()
        if await store.take_up_again(tx, now):
            return Released()
        if missed := await store.drop_missed(tx, now - self._grace, now):
            await _report_missed(tx, self._subjects, missed, now)
            return Released(missed=tuple(f"{each.subject} {each.lead.encode()}" for each in missed))
        reminder = await store.first_reminder_due(tx, now)
        if reminder is None:
            return None
        notice = await self._compose(tx, reminder, now)
        if notice is None:
            await store.settle_reminders(tx, [reminder.id], "moot", now)
            return Released()
        if reminder.participant_id is None:
            return await _remind_audience(tx, reminder, notice, now)
        return await _remind_who_asked(tx, reminder, notice, now)

    async def _moved(self, tx: Transaction) -> Sequence[Subject]:
        """Return the subjects of which something takes place at another time than its reminders were planned for."""
        return [subject for subject in self._subjects.values() if await subject.has_moved(tx)]

    async def _compose(self, tx: Transaction, reminder: Reminder, now: datetime) -> Notice | None:
        """Return the recipients and the text of a reminder, from its subject; None if nothing is left to remind of."""
        subject = self._subjects.get(kind_of(reminder.subject))
        if subject is None:
            return None
        try:
            return await subject.compose(tx, reminder, now)
        except Exception:
            # One that has a defect keeps no other waiting; an error of the database undoes all of this anyway.
            log.exception("reminders.reminder_failed", subject=reminder.subject)
            return None


async def _remind_audience(tx: Transaction, reminder: Reminder, notice: Notice, now: datetime) -> Released:
    """Enqueue a reminder for the next people of its audience; after the last ones the reminder is settled."""
    count, reached = await enqueue_slice(tx, reminder, notice, now)
    if reached is None:
        await store.settle_reminders(tx, [reminder.id], "sent", now)
    else:
        await store.set_reached(tx, reminder, reached)
    return Released(count)


async def _remind_who_asked(tx: Transaction, reminder: Reminder, notice: Notice, now: datetime) -> Released:
    """Enqueue a reminder that a person asked for, together with reminders of the same subject that others asked for.

    They are either all late, as `reminder` is, or all on time, because they share their text.
    """
    up_to = now - ON_TIME - _MICROSECOND if is_late(reminder.due, now) else now
    due = await store.personal_due(tx, reminder.subject, reminder.due, up_to, SLICE)
    ids = {participant: reminder_id for reminder_id, participant in due}
    await enqueue_for_who_asked(tx, reminder, notice, ids, now)
    await store.settle_reminders(tx, [reminder_id for reminder_id, _participant in due], "sent", now)
    return Released(len(due))


async def _report_missed(
    tx: Transaction, subjects: Mapping[str, Subject], missed: Sequence[Reminder], now: datetime
) -> None:
    """Notify the organisers of reminders that were given up, unless all were about what no longer takes place."""
    lines = await missed_lines(tx, subjects, missed)
    if lines:
        await outbox.notify_organisers(tx, missed_view(lines), now, outbox.Telling.NEWS)


# --- Putting a reminder into the outbox: one row a recipient, a slice of the people at a time.


SLICE = 500
"""How many people are handled in one database transaction, which takes about ten milliseconds."""


async def enqueue_slice(tx: Transaction, reminder: Reminder, notice: Notice, now: datetime) -> tuple[int, int | None]:
    """Enqueue a reminder for the next people of its audience, a limited number, in the order of their ids.

    Returns how many people get the reminder, and the id of the last person who was considered; the id is None once
    everyone in the audience was considered.
    """
    up_to = await store.end_of_slice(tx, notice.audience, reminder.reached, SLICE)
    people = store.Slice(notice.audience, reminder.reached, up_to, asked_only=notice.asked_only)
    view = notice.view
    if isinstance(view, View):
        return await store.remind_slice(tx, people, _message(view, reminder, notice, now)), up_to
    wanting = await store.who_wants(tx, people, reminder.subject, _mute(reminder, notice))
    views = await view(tx, wanting)
    messages = {person: _message(theirs, reminder, notice, now) for person, theirs in views.items()}
    await store.remind_people(tx, messages)
    return len(views), up_to


async def enqueue_for_who_asked(
    tx: Transaction, reminder: Reminder, notice: Notice, reminder_ids: Mapping[int, int], now: datetime
) -> None:
    """Enqueue a reminder for people who asked for it.

    `reminder_ids` are the ids of their own reminders, by participant id. People who left the audience, stopped all
    messages, or turned off reminders of this subject or kind get none. People who turned off reminders in general get
    it.
    """
    view = notice.view
    if isinstance(view, View):
        message = _message(view, reminder, notice, now)
        messages = dict.fromkeys(reminder_ids.values(), message)
    else:
        views = await view(tx, reminder_ids.keys())
        messages = {
            reminder_id: _message(views[person], reminder, notice, now)
            for person, reminder_id in reminder_ids.items()
            if person in views
        }
    await store.remind_who_asked(tx, notice.audience, messages)


def _message(view: View, reminder: Reminder, notice: Notice, now: datetime) -> store.ReminderMessage:
    """Return a reminder as the message that is put into the outbox; if the reminder is late, its text says so."""
    if is_late(reminder.due, now):
        view = replace(view, lines=(*view.lines, LATE))
    content, _carried = pack(view)
    urgent = rank(reminder) if notice.rank is None else notice.rank
    asked = notice.asked_only or notice.awaited or reminder.participant_id is not None
    return store.ReminderMessage(reminder.subject, _mute(reminder, notice), content, urgent, now, asked)


def _mute(reminder: Reminder, notice: Notice) -> str:
    """Return the choice with which people turn off a reminder: the notice's own, else the reminder kind's."""
    return notice.mute or mute_of(kind_of(reminder.subject))
