"""The SQL of marks: who was present and who was absent, by half-day. A day is a local date (ISO).

`attendance` has the latest mark of each day, `attendance_halves` one for the morning and one for the afternoon.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.content.names import display_name
from bot.content.texts import Person
from bot.database.engine import Row, Transaction
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
    """A person's mark for half a day: whether the person was present, when they were marked (UTC), and by whom.

    `by` is None if the organiser who marked the person was erased since.
    """

    present: bool
    by: Person | None
    at: datetime


async def attendance_on(tx: Transaction, day: str, *, afternoon: bool | None = None) -> Mapping[int, bool]:
    """Return the latest mark of each person on a day (ISO), by participant id: True for present, False for absent.

    With `afternoon`, only the marks of one half of the day count: True for the afternoon, False for the morning.
    """
    table = "attendance" if afternoon is None else "attendance_halves"
    half = "" if afternoon is None else " AND afternoon = :afternoon"
    params = {} if afternoon is None else {"afternoon": int(afternoon)}
    rows = await tx.all(f"SELECT participant_id, present FROM {table} WHERE day = :day{half}", day=day, **params)
    return {row["participant_id"]: bool(row["present"]) for row in rows}


async def has_afternoon(tx: Transaction, day: str) -> bool:
    """Return whether anybody was marked for the afternoon of a day (ISO)."""
    return await tx.exists("SELECT 1 FROM attendance_halves WHERE day = :day AND afternoon = 1 LIMIT 1", day=day)


async def halves_of(tx: Transaction, participant_id: int, day: str) -> Mapping[bool, AttendanceMark]:
    """Return a participant's marks on a day (ISO); the key is False for the morning, True for the afternoon."""
    rows = await tx.all(f"{_HALVES} AND t.participant_id = :id ORDER BY t.afternoon", id=participant_id, day=day)
    return {bool(row["afternoon"]): _mark(row) for row in rows}


async def latest_halves(tx: Transaction, day: str) -> Mapping[int, tuple[bool, AttendanceMark]]:
    """Return the mark of each person's latest half of a day (ISO) that has one, by participant id.

    The bool before the mark is True for the afternoon, False for the morning.
    """
    rows = await tx.all(f"{_HALVES} ORDER BY t.afternoon", day=day)
    return {row["participant_id"]: (bool(row["afternoon"]), _mark(row)) for row in rows}


_HALVES = (
    "SELECT t.participant_id, t.afternoon, t.present, t.marked_at, p.id AS author_id, p.given_name, p.family_name"
    " FROM attendance_halves t LEFT JOIN participants p ON p.id = t.marked_by WHERE t.day = :day"
)


def _mark(row: Row) -> AttendanceMark:
    author = None
    if row["author_id"] is not None:
        author = Person(row["author_id"], "short", display_name(row["given_name"], row["family_name"]))
    return AttendanceMark(bool(row["present"]), author, from_micros(row["marked_at"]))


async def mark_attendance(
    tx: Transaction,
    participant_ids: Collection[int],
    day: str,
    present: bool | None,
    by: int,
    now: datetime,
    *,
    afternoon: bool = False,
) -> None:
    """Mark participants present or absent for half a day; None as `present` removes their marks.

    `day` is an ISO date; `afternoon` is True for its afternoon, False for its morning. `by` is the id of the organiser.
    """
    each = [{"id": participant_id, "day": day, "afternoon": int(afternoon)} for participant_id in participant_ids]
    days = [{"id": participant_id, "day": day} for participant_id in participant_ids]
    if present is None:
        half = "participant_id = :id AND day = :day AND afternoon = :afternoon"
        await tx.many(f"DELETE FROM attendance_halves WHERE {half}", each)
        await tx.many("DELETE FROM attendance WHERE participant_id = :id AND day = :day", days)
    else:
        made = {"present": int(present), "by": by, "now": to_micros(now)}
        await tx.many(
            "INSERT INTO attendance_halves (participant_id, day, afternoon, present, marked_by, marked_at)"
            " VALUES (:id, :day, :afternoon, :present, :by, :now) ON CONFLICT (participant_id, day, afternoon)"
            " DO UPDATE SET present = :present, marked_by = :by, marked_at = :now",
            [{**mark, **made} for mark in each],
        )
    await tx.many(
        "INSERT INTO attendance (participant_id, day, present, marked_by, marked_at)"
        " SELECT participant_id, day, present, marked_by, marked_at FROM attendance_halves"
        " WHERE participant_id = :id AND day = :day ORDER BY afternoon DESC LIMIT 1 ON CONFLICT (participant_id, day)"
        " DO UPDATE SET present = excluded.present, marked_by = excluded.marked_by, marked_at = excluded.marked_at",
        days,
    )


async def everyone_who_may_come(tx: Transaction) -> Sequence[Attendee]:
    """Return everyone who is invited or joined and has not said that they are not coming, sorted by id."""
    return await tx.rows(
        Attendee,
        "SELECT id, given_name, family_name, CASE WHEN status = 'joined' THEN 1 ELSE 0 END AS joined FROM participants"
        " WHERE attends = 1 AND status IN ('invited', 'joined') ORDER BY id",
    )
