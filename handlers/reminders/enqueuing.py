"""Putting a reminder into the outbox: one row a recipient, a slice of the people at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.background.reminder_store import Reminder
from bot.background.reminding import Notice, kind_of, mute_of, rank
from bot.clock import to_micros
from bot.content.delivery_kinds import REMINDER
from bot.content.stored_views import pack
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery.outbox import PEOPLE_AND_ACCOUNTS
from bot.people.audience_store import where
from handlers.reminders.messages import LATE
from handlers.reminders.model import is_late

SLICE = 500
"""People in one transaction: some ten milliseconds, in which nobody who writes is kept waiting."""

_INSERT = (
    "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, urgent, asked, subject, due_at,"
    " created_at) SELECT a.platform, :kind, p.id, a.id, :content, :urgent, 0, CAST(:subject AS TEXT), :now, :now"
)
_WANTED = (
    "p.stopped = 0 AND NOT EXISTS (SELECT 1 FROM reminder_mutes rm"
    " WHERE rm.participant_id = p.id AND rm.wanted = 0 AND rm.what IN (:subject, :mute))"
)
"""Whether a person p wants a reminder: they did not stop all messages, nor turned off its subject or kind."""
_ASKED = (
    " AND EXISTS (SELECT 1 FROM reminder_mutes ra"
    " WHERE ra.participant_id = p.id AND ra.wanted = 1 AND ra.what IN (:subject, :mute))"
)
"""Whether a person p asked to be reminded of this subject or kind, of which nobody is reminded without asking."""
_TOPIC = "p.muted NOT LIKE '%\"reminders\"%'"
"""Whether a person p did not switch off all reminders in their settings."""


async def enqueue_slice(tx: Transaction, reminder: Reminder, notice: Notice, now: datetime) -> tuple[int, int | None]:
    """Remind the next people, by id, of those whom a reminder for an audience has not reached yet.

    Returns how many get it, and the id up to which people are reached: None once that is everyone.
    """
    condition, params = where(notice.audience)
    last = await tx.one(
        f"SELECT p.id FROM participants p WHERE p.id > :after AND {condition} ORDER BY p.id LIMIT 1 OFFSET :skip",
        after=reminder.reached,
        skip=SLICE - 1,
        **params,
    )
    up_to = last["id"] if last else None
    in_slice = (
        f" p.id > :after AND p.id <= :up_to AND {condition} AND {_WANTED}{_ASKED if notice.asked_only else ''}"
        f" AND {_TOPIC}"
    )
    slice_params = {**params, "after": reminder.reached, "up_to": up_to if up_to is not None else 2**62}
    view = notice.view
    if isinstance(view, View):
        message = _message(view, reminder, notice, now)
        count = await tx.run(f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} WHERE{in_slice}", **message, **slice_params)
        return count, up_to
    rows = await tx.all(
        f"SELECT p.id FROM participants p WHERE{in_slice}",
        subject=reminder.subject,
        mute=_mute(reminder, notice),
        **slice_params,
    )
    views = await view(tx, [row["id"] for row in rows])
    await tx.many(
        f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} WHERE p.id = :person",
        [{**_message(theirs, reminder, notice, now), "person": person} for person, theirs in views.items()],
    )
    return len(views), up_to


async def enqueue_for_who_asked(
    tx: Transaction, reminder: Reminder, notice: Notice, reminder_ids: Mapping[int, int], now: datetime
) -> None:
    """Remind those who asked themselves for a reminder like this one, their reminders' ids by person.

    Left out is who is not among the audience any more, or wants none of this. The switch for all reminders keeps none
    of these away: it is for those that nobody asked for.
    """
    condition, params = where(notice.audience)
    view = notice.view
    if isinstance(view, View):
        message = _message(view, reminder, notice, now)
        messages = [{**message, "reminder": reminder_id} for reminder_id in reminder_ids.values()]
    else:
        views = await view(tx, reminder_ids.keys())
        messages = [
            {**_message(views[person], reminder, notice, now), "reminder": reminder_id}
            for person, reminder_id in reminder_ids.items()
            if person in views
        ]
    await tx.many(
        f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} JOIN reminders r ON r.participant_id = p.id"
        f" WHERE r.id = :reminder AND {condition} AND {_WANTED}",
        [{**params, **message} for message in messages],
    )


def _message(view: View, reminder: Reminder, notice: Notice, now: datetime) -> dict[str, Any]:
    """The parameters of _INSERT, and of the conditions beside it, for what someone reads."""
    if is_late(reminder.due, now):
        view = replace(view, lines=(*view.lines, LATE))
    content, _carried = pack(view)
    return {
        "kind": f"{REMINDER}{reminder.subject}",
        "content": content,
        "urgent": rank(reminder) if notice.rank is None else notice.rank,
        "now": to_micros(now),
        "asked": 0,
        "account": 0,
        "subject": reminder.subject,
        "mute": _mute(reminder, notice),
    }


def _mute(reminder: Reminder, notice: Notice) -> str:
    """What someone turned off who does not get a reminder: what its notice says, else its kind."""
    return notice.mute or mute_of(kind_of(reminder.subject))
