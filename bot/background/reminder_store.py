"""Stores planned reminders, one row each: for all people whom a subject concerns, or for one who asked for it.

A subject is what people are reminded of, as a word: «session:12». A lead is how long before the subject a reminder is
sent. When the subject moves or is cancelled, its messages that are still in the outbox are called back, that is
deleted. If there are very many, this takes several transactions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.content.delivery_kinds import REMINDER
from bot.content.lead_times import Lead
from bot.database.engine import Transaction

COLUMNS = "id, subject, lead, about_at AS about, due_at AS due, participant_id, reached"
"""The columns of a `Reminder`, for a SELECT."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A planned reminder of a subject, for one person or, if `participant_id` is None, for everybody whom it concerns.

    `subject` names what people are reminded of, such as «session:12», and `about` is when the subject takes place. The
    reminder is sent at `due`, which is `lead` earlier than `about`. Participants with ids up to `reached` already got
    it.
    """

    id: int
    subject: str
    lead: Lead
    about: datetime
    due: datetime
    participant_id: int | None
    reached: int


async def planned(tx: Transaction, subject: str) -> Sequence[Reminder]:
    """Return the reminders about a subject, such as «session:12», that have not been sent yet."""
    return await tx.rows(
        Reminder,
        f"SELECT {COLUMNS} FROM reminders WHERE subject = :subject AND state = 'waiting' ORDER BY due_at, id",
        subject=subject,
    )


async def add(tx: Transaction, subject: str, about: datetime, dues: Iterable[tuple[Lead, datetime]]) -> None:
    """Plan reminders about a subject, such as «session:12», for everybody whom the subject concerns.

    The subject takes place at `about`. `dues` has a pair for each reminder: how long before the subject it is sent (the
    lead), and the instant at which it is sent. A reminder that already exists, sent or not, with the same subject, lead
    and `about`, is left unchanged.
    """
    await tx.many(
        "INSERT INTO reminders (subject, lead, about_at, due_at) VALUES (:subject, :lead, :about, :due)"
        " ON CONFLICT (subject, lead, about_at) WHERE participant_id IS NULL DO NOTHING",
        [
            {"subject": subject, "lead": lead.encode(), "about": to_micros(about), "due": to_micros(due)}
            for lead, due in dues
        ],
    )


async def remove(tx: Transaction, ids: Iterable[int]) -> None:
    """Delete reminders, sent or not, by their ids; then they can be planned again."""
    await tx.many("DELETE FROM reminders WHERE id = :id", [{"id": id_} for id_ in ids])


async def move(tx: Transaction, moved: Iterable[tuple[int, datetime, datetime]]) -> None:
    """Change when reminders are sent.

    `moved` has a tuple for each reminder: its id, the new time at which its subject takes place, and the new time at
    which it is sent.
    """
    await tx.many(
        "UPDATE reminders SET about_at = :about, due_at = :due WHERE id = :id",
        [{"id": reminder_id, "about": to_micros(about), "due": to_micros(due)} for reminder_id, about, due in moved],
    )


_AT_ONCE = 1_000
"""How many messages are deleted in one database transaction."""
# The condition for reminders must be written out, or their index is not used.
_NOT_SENT = f"kind = :kind AND state = 'waiting' AND kind LIKE '{REMINDER}%'"


async def call_back(tx: Transaction, subject: str) -> None:
    """Delete the reminders about a subject that wait in the outbox to be sent, for instance until the morning.

    `subject` names what the reminders are about, such as «session:12». At most a thousand are deleted now, and the
    others by `call_back_more`. Reminders that were already sent are left unchanged.
    """
    row = await tx.one(
        f"SELECT MAX(id) AS last, COUNT(*) AS messages FROM deliveries WHERE {_NOT_SENT}", kind=f"{REMINDER}{subject}"
    )
    if row is None or row["last"] is None:
        return
    await _delete_some(tx, subject, row["last"])
    if row["messages"] > _AT_ONCE:
        await tx.run(
            "INSERT INTO reminders_called_back (subject, up_to) VALUES (:subject, :up_to)"
            " ON CONFLICT (subject) DO UPDATE SET up_to = :up_to",
            subject=subject,
            up_to=row["last"],
        )


async def any_called_back(tx: Transaction) -> bool:
    """Return whether the outbox still has reminders that must be deleted because they no longer apply."""
    return await tx.exists("SELECT 1 FROM reminders_called_back LIMIT 1")


async def call_back_more(tx: Transaction) -> bool:
    """Delete some of the reminders in the outbox that no longer apply. Returns False if there are none."""
    row = await tx.one("SELECT subject, up_to FROM reminders_called_back ORDER BY subject LIMIT 1")
    if row is None:
        return False
    if await _delete_some(tx, row["subject"], row["up_to"]) < _AT_ONCE:
        await tx.run("DELETE FROM reminders_called_back WHERE subject = :subject", subject=row["subject"])
    return True


async def _delete_some(tx: Transaction, subject: str, up_to: int) -> int:
    """Delete the first messages, in the order in which they leave, that remind of a subject. Returns how many."""
    return await tx.run(
        f"DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE {_NOT_SENT} AND id <= :up_to"
        " ORDER BY id LIMIT :most)",
        kind=f"{REMINDER}{subject}",
        up_to=up_to,
        most=_AT_ONCE,
    )
