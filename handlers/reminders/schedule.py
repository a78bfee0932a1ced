"""Reminders on their way: what is due goes into the outbox, what was missed is given up, and the organisers read so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, Subject, kind_of
from bot.background.scheduling import Released
from bot.config.settings import Settings
from bot.content.texts import Span, _, _n
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people.audience_store import where
from handlers.reminders import store
from handlers.reminders.enqueuing import SLICE, tell_slice, tell_who_asked
from handlers.reminders.model import ON_TIME, is_late
from handlers.reminders.settings import ReminderSettings

log = structlog.get_logger()

_MOST_NAMED = 5
_MICROSECOND = timedelta(microseconds=1)


class Reminders:
    """What the ticker releases at the time of the earliest reminder."""

    def __init__(self, settings: Settings, subjects: Mapping[str, Subject]) -> None:
        """`subjects` are what people are reminded of, by their kind."""
        self._grace = settings.of(ReminderSettings).longest_delay
        self._subjects = subjects

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Plan what is not planned yet. What waits for its time still does."""
        for subject in self._subjects.values():
            await subject.plan(tx, now)

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """When there is something to do, perhaps already; writes nothing."""
        if await store.have_missed_too_soon(tx, now) or await self._moved(tx):
            return now
        return await store.next_due(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Do what is first to be done; None once nothing is. A slice of the people at a time, to be called again."""
        if moved := await self._moved(tx):
            for subject in moved:
                await subject.plan(tx, now)
            return Released()
        if await store.take_up_again(tx, now):
            return Released()
        if missed := await store.drop_missed(tx, now - self._grace, now):
            await _confess(tx, self._subjects, missed, now)
            return Released(missed=tuple(f"{each.subject} {each.lead.encode()}" for each in missed))
        reminder = await store.first_due(tx, now)
        if reminder is None:
            return None
        late = is_late(reminder.due, now)
        notice = await self._compose(tx, reminder, now, late)
        if notice is None:
            await store.settle(tx, [reminder.id], "moot", now)
            return Released()
        if reminder.participant_id is None:
            return await _to_everyone(tx, reminder, notice, now)
        return await _to_who_asked(tx, reminder, notice, now, now - ON_TIME - _MICROSECOND if late else now)

    async def _moved(self, tx: Transaction) -> Sequence[Subject]:
        """What takes place at another time than was planned for."""
        return [subject for subject in self._subjects.values() if await subject.has_moved(tx)]

    async def _compose(self, tx: Transaction, reminder: Reminder, now: datetime, late: bool) -> Notice | None:
        subject = self._subjects.get(kind_of(reminder.subject))
        if subject is None:
            return None
        try:
            return await subject.compose(tx, reminder, now, late)
        except Exception:
            # One that has a defect keeps no other waiting; an error of the database undoes all of this anyway.
            log.exception("reminder not written", subject=reminder.subject)
            return None


async def _to_everyone(tx: Transaction, reminder: Reminder, notice: Notice, now: datetime) -> Released:
    condition, params = where(notice.audience)
    told, reached = await tell_slice(
        tx,
        notice.view,
        condition,
        params,
        now,
        subject=reminder.subject,
        mute=notice.mute,
        after=reminder.reached,
        urgent=notice.rank,
        asked_only=notice.asked_only,
    )
    if reached is None:
        await store.settle(tx, [reminder.id], "sent", now)
    else:
        await store.reach(tx, reminder, reached)
    return Released(told)


async def _to_who_asked(
    tx: Transaction, reminder: Reminder, notice: Notice, now: datetime, up_to: datetime
) -> Released:
    """All who asked for the same, a slice of them: those as late as this one, or as punctual."""
    due = await store.personal_due(tx, reminder.subject, reminder.due, up_to, SLICE)
    ids = {participant: reminder_id for reminder_id, participant in due}
    condition, params = where(notice.audience)
    await tell_who_asked(
        tx,
        notice.view,
        condition,
        params,
        now,
        subject=reminder.subject,
        mute=notice.mute,
        reminder_ids=ids,
        urgent=notice.rank,
    )
    await store.settle(tx, [reminder_id for reminder_id, _participant in due], "sent", now)
    return Released(len(due))


async def _confess(tx: Transaction, subjects: Mapping[str, Subject], missed: Sequence[Reminder], now: datetime) -> None:
    """Tell the organisers what was not said, each thing once; what takes place no more needs no word."""
    lines = await missed_lines(tx, subjects, missed)
    if not lines:
        return
    said: list[Span] = [
        _n(
            "A reminder was not sent: I was out of order when it was due.",
            "{count} reminders were not sent: I was out of order when they were due.",
            len(lines),
        ),
        *lines[:_MOST_NAMED],
    ]
    if (more := len(lines) - _MOST_NAMED) > 0:
        said.append(_n("and {count} more", "and {count} more", more))
    said.append(_("If people should know, announce it."))
    await outbox.notify_organisers(tx, View(tuple(said)), now)


async def missed_lines(tx: Transaction, subjects: Mapping[str, Subject], missed: Sequence[Reminder]) -> Sequence[Span]:
    """What reminders that were given up were about, a line each."""
    first = {(each.subject, each.lead, each.participant_id is None): each for each in reversed(missed)}
    lines = [await named(tx, subjects, each) for each in sorted(first.values(), key=lambda each: (each.due, each.id))]
    return [line for line in lines if line is not None]


async def named(tx: Transaction, subjects: Mapping[str, Subject], reminder: Reminder) -> Span | None:
    """What a reminder was about, in one line; None for what takes place no more."""
    subject = subjects.get(kind_of(reminder.subject))
    return await subject.name(tx, reminder) if subject else None
