"""The SQL of marks: who was present and who was absent, day by day. A day is a local date (ISO)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.content.names import display_name
from bot.content.texts import Person
from bot.database.engine import Transaction
from handlers.attendance.model import Attendee


async def absent_on(tx: Transaction, day: str) -> frozenset[int]:
    """Return the ids of the people marked absent on a day (a local date, ISO)."""
    return frozenset(
        await tx.values(int, "SELECT participant_id FROM attendance WHERE day = :day AND present = 0", day=day)
    )


async def count_present(tx: Transaction, day: str) -> int:
    """Return how many people are marked present on a day (a local date, ISO)."""
    return await tx.value(int, "SELECT COUNT(*) FROM attendance WHERE day = :day AND present = 1", day=day)


@dataclass(frozen=True, slots=True)
class AttendanceMark:
    """A person's mark on a day: whether they were present, when (UTC) and by whom they were marked.

    `by` is None if the organiser was erased since.
    """

    present: bool
    by: Person | None
    at: datetime


async def attendance_on(tx: Transaction, day: str) -> Mapping[int, bool]:
    """Return whether each marked person was present on a day (ISO), by participant id."""
    rows = await tx.all("SELECT participant_id, present FROM attendance WHERE day = :day", day=day)
    return {row["participant_id"]: bool(row["present"]) for row in rows}


async def attendance_of(tx: Transaction, participant_id: int, day: str) -> AttendanceMark | None:
    """Return the mark of a participant on a day (ISO); None if the participant was not marked."""
    row = await tx.one(
        "SELECT t.present, t.marked_at, p.id AS author_id, p.given_name, p.family_name FROM attendance t"
        " LEFT JOIN participants p ON p.id = t.marked_by WHERE t.participant_id = :id AND t.day = :day",
        id=participant_id,
        day=day,
    )
    if row is None:
        return None
    author = None
    if row["author_id"] is not None:
        author = Person(row["author_id"], "short", display_name(row["given_name"], row["family_name"]))
    return AttendanceMark(bool(row["present"]), author, from_micros(row["marked_at"]))


async def mark_attendance(
    tx: Transaction, participant_id: int, day: str, present: bool | None, by: int, now: datetime
) -> None:
    """Mark a participant present or absent on a day (ISO); None removes the mark. `by` is the id of an organiser."""
    if present is None:
        await tx.run("DELETE FROM attendance WHERE participant_id = :id AND day = :day", id=participant_id, day=day)
        return
    await tx.run(
        "INSERT INTO attendance (participant_id, day, present, marked_by, marked_at)"
        " VALUES (:id, :day, :present, :by, :now) ON CONFLICT (participant_id, day)"
        " DO UPDATE SET present = :present, marked_by = :by, marked_at = :now",
        id=participant_id,
        day=day,
        present=int(present),
        by=by,
        now=to_micros(now),
    )


async def everyone_who_may_come(tx: Transaction) -> Sequence[Attendee]:
    """Return everyone who is invited or joined and did not say that they are not coming, sorted by id."""
    return await tx.rows(
        Attendee,
        "SELECT id, given_name, family_name, CASE WHEN status = 'joined' THEN 1 ELSE 0 END AS joined FROM participants"
        " WHERE attends = 1 AND status IN ('invited', 'joined') ORDER BY id",
    )
