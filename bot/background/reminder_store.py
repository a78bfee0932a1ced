"""Stores planned reminders, one row each: for all people whom a subject concerns, or for one who asked for it.

A subject is what people are reminded of, as a word: «session:12». A lead is how long before the subject a reminder is
sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.content.delivery_kinds import REMINDER
from bot.content.leads import Lead, parse_lead
from bot.database.engine import Row, Transaction

COLUMNS = "id, subject, lead, about_at, due_at, participant_id, reached"
"""The columns that a row must have for the function `reminder`."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A planned reminder, for all people whom its subject concerns (`participant_id` None) or for one person.

    `about` is when its subject takes place, `due` when it is sent, `lead` the time between the two. It was already sent
    to all participants with an id up to `reached`.
    """

    id: int
    subject: str
    lead: Lead
    about: datetime
    due: datetime
    participant_id: int | None
    reached: int


def reminder(row: Row) -> Reminder:
    """Return the reminder stored in a row that was selected with COLUMNS."""
    return Reminder(
        row["id"],
        row["subject"],
        parse_lead(row["lead"]),
        from_micros(row["about_at"]),
        from_micros(row["due_at"]),
        row["participant_id"],
        row["reached"],
    )


async def planned(tx: Transaction, subject: str) -> Sequence[Reminder]:
    """Return the reminders of a subject that have not been sent yet."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM reminders WHERE subject = :subject AND state = 'waiting' ORDER BY due_at, id",
        subject=subject,
    )
    return [reminder(row) for row in rows]


async def add(tx: Transaction, subject: str, about: datetime, dues: Iterable[tuple[Lead, datetime]]) -> None:
    """Add a reminder for all people for each pair of lead and instant in `dues`; the subject takes place at `about`.

    A reminder of the same subject, lead and `about` that exists, sent or not, stays as it is.
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
    """Delete reminders by their ids, sent or not, so that they can be planned again."""
    await tx.many("DELETE FROM reminders WHERE id = :id", [{"id": id_} for id_ in ids])


async def move(tx: Transaction, moved: Iterable[tuple[int, datetime, datetime]]) -> None:
    """Change the times of reminders, given as tuples: id, new time of the subject, new time of the reminder."""
    await tx.many(
        "UPDATE reminders SET about_at = :about, due_at = :due WHERE id = :id",
        [{"id": reminder_id, "about": to_micros(about), "due": to_micros(due)} for reminder_id, about, due in moved],
    )


async def call_back(tx: Transaction, subject: str) -> None:
    """Delete the messages that remind of a subject and are in the outbox but not sent yet, for instance at night."""
    await tx.run(
        # That it is a reminder has to be said, or the index of those is not used.
        f"DELETE FROM deliveries WHERE kind = :kind AND state = 'waiting' AND kind LIKE '{REMINDER}%'",
        kind=f"{REMINDER}{subject}",
    )
