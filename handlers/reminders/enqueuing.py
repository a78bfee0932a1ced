"""Putting a reminder into the outbox: one row a recipient, a slice of the people at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.background.reminding import Personal
from bot.clock import to_micros
from bot.content.delivery_kinds import REMINDER
from bot.content.stored_views import pack
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery.outbox import PEOPLE_AND_ACCOUNTS

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
_ASKED = (
    " AND EXISTS (SELECT 1 FROM reminder_mutes ra"
    " WHERE ra.participant_id = p.id AND ra.wanted = 1 AND ra.what IN (:subject, :mute))"
)
_TOPIC = "p.muted NOT LIKE '%\"reminders\"%'"


async def tell_slice(
    tx: Transaction,
    view: View | Personal,
    condition: str,
    params: Mapping[str, Any],
    now: datetime,
    *,
    subject: str,
    mute: str,
    after: int,
    urgent: int,
    asked_only: bool = False,
) -> tuple[int, int | None]:
    """Remind the next people p, beyond the id `after`, who fulfil a condition and want it, or (`asked_only`) asked.

    How many get it, and up to which id they were reached; None once that was everyone.
    """
    last = await tx.one(
        f"SELECT p.id FROM participants p WHERE p.id > :after AND {condition} ORDER BY p.id LIMIT 1 OFFSET :skip",
        after=after,
        skip=SLICE - 1,
        **params,
    )
    up_to = last["id"] if last else None
    found = (
        f" p.id > :after AND p.id <= :up_to AND {condition} AND {_WANTED}{_ASKED if asked_only else ''} AND {_TOPIC}"
    )
    sliced = {**params, "after": after, "up_to": up_to if up_to is not None else 2**62}
    if isinstance(view, View):
        message = _message(view, now, subject, mute, urgent)
        return await tx.run(f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} WHERE{found}", **message, **sliced), up_to
    rows = await tx.all(f"SELECT p.id FROM participants p WHERE{found}", subject=subject, mute=mute, **sliced)
    views = await view(tx, [row["id"] for row in rows])
    await tx.many(
        f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} WHERE p.id = :person",
        [{**_message(said, now, subject, mute, urgent), "person": person} for person, said in views.items()],
    )
    return len(views), up_to


async def tell_who_asked(
    tx: Transaction,
    view: View | Personal,
    condition: str,
    params: Mapping[str, Any],
    now: datetime,
    *,
    subject: str,
    mute: str,
    reminder_ids: Mapping[int, int],
    urgent: int,
) -> None:
    """Remind those who asked for these reminders themselves (ids by person), if a condition holds and they want it.

    The switch for all reminders is for those that nobody asked for.
    """
    if isinstance(view, View):
        message = _message(view, now, subject, mute, urgent)
        said = [{**message, "reminder": each} for each in reminder_ids.values()]
    else:
        views = await view(tx, reminder_ids.keys())
        said = [
            {**_message(views[person], now, subject, mute, urgent), "reminder": each}
            for person, each in reminder_ids.items()
            if person in views
        ]
    await tx.many(
        f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} JOIN reminders r ON r.participant_id = p.id"
        f" WHERE r.id = :reminder AND {condition} AND {_WANTED}",
        [{**params, **each} for each in said],
    )


def _message(view: View, now: datetime, subject: str, mute: str, urgent: int) -> dict[str, Any]:
    content, _carried = pack(view)
    return {
        "kind": f"{REMINDER}{subject}",
        "content": content,
        "urgent": urgent,
        "now": to_micros(now),
        "asked": 0,
        "account": 0,
        "subject": subject,
        "mute": mute,
    }
