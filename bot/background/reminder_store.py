"""Stores planned reminders: one row for everybody whom a subject concerns, or for one person who asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.content.delivery_kinds import REMINDER
from bot.content.leads import Lead, parse_lead
from bot.database.engine import Row, Transaction

COLUMNS = "id, subject, lead, about_at, due_at, participant_id, reached"
"""The columns that `reminder` reads of a row."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A planned reminder, for everybody whom its subject concerns (`participant_id` None) or for one person.

    `about` is when its subject takes place. It was sent to everybody with an id up to `reached`.
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
    """Add reminders for everybody, at the instants `dues`, for a subject that takes place at `about`.

    Reminders planned for that time before, also sent ones, stay as they are.
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
    """Delete reminders, sent or not, as if they had never been planned."""
    await tx.many("DELETE FROM reminders WHERE id = :id", [{"id": id_} for id_ in ids])


async def move(tx: Transaction, moved: Iterable[tuple[int, datetime, datetime]]) -> None:
    """Change the times of reminders, each given by its id, the time of its subject, and its own new time."""
    await tx.many(
        "UPDATE reminders SET about_at = :about, due_at = :due WHERE id = :id",
        [{"id": reminder_id, "about": to_micros(about), "due": to_micros(due)} for reminder_id, about, due in moved],
    )


async def call_back(tx: Transaction, subject: str) -> None:
    """Delete the reminders of a subject that are in the outbox and have not left, for instance for the night."""
    await tx.run(
        "DELETE FROM deliveries WHERE kind = :kind AND state = 'waiting'",
        kind=f"{REMINDER}{subject}",
    )
