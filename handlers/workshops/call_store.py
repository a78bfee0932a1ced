"""Calls for help: a group calls, one person takes the call, and it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import from_micros, to_micros
from bot.database.engine import Row, Transaction
from bot.people.facilitator_store import OF_GROUP

_CALL = (
    "SELECT c.id, c.group_id, c.called_at, c.taken_by, c.closed_at, p.given_name AS taker"
    " FROM calls c LEFT JOIN participants p ON p.id = c.taken_by"
)


@dataclass(frozen=True, slots=True)
class Call:
    """A group's call. `taken_by` is who comes, `taker` their first name; None and '' while nobody does."""

    id: int
    group_id: int
    called_at: datetime
    taken_by: int | None
    taker: str
    closed: bool


def _call(row: Row) -> Call:
    return Call(
        row["id"],
        row["group_id"],
        from_micros(row["called_at"]),
        row["taken_by"],
        row["taker"] or "",
        row["closed_at"] is not None,
    )


async def find(tx: Transaction, call_id: int) -> Call | None:
    """A call by id."""
    row = await tx.one(f"{_CALL} WHERE c.id = :id", id=call_id)
    return _call(row) if row else None


async def open_call(tx: Transaction, group_id: int) -> Call | None:
    """The call of a group that is not closed."""
    row = await tx.one(f"{_CALL} WHERE c.group_id = :group AND c.closed_at IS NULL", group=group_id)
    return _call(row) if row else None


async def add(tx: Transaction, group_id: int, caller_id: int, now: datetime, escalate_at: datetime) -> int | None:
    """A new call, which goes to the organisers at `escalate_at`; its id. None where the group has an open one."""
    row = await tx.one(
        "INSERT INTO calls (group_id, caller_id, called_at, escalate_at) VALUES (:group, :caller, :now, :escalate)"
        " ON CONFLICT DO NOTHING RETURNING id",
        group=group_id,
        caller=caller_id,
        now=to_micros(now),
        escalate=to_micros(escalate_at),
    )
    return row["id"] if row else None


async def take(tx: Transaction, call_id: int, participant_id: int, now: datetime) -> bool:
    """Note who comes. False where somebody does already, or it is closed."""
    return bool(
        await tx.run(
            "UPDATE calls SET taken_by = :person, taken_at = :now, escalate_at = NULL"
            " WHERE id = :id AND taken_by IS NULL AND closed_at IS NULL",
            id=call_id,
            person=participant_id,
            now=to_micros(now),
        )
    )


async def give_back(tx: Transaction, call_id: int, participant_id: int, escalate_at: datetime) -> bool:
    """Note that who took a call cannot come after all: it waits again. False where it is not theirs, or closed."""
    return bool(
        await tx.run(
            "UPDATE calls SET taken_by = NULL, taken_at = NULL, escalate_at = :escalate"
            " WHERE id = :id AND taken_by = :person AND closed_at IS NULL",
            id=call_id,
            person=participant_id,
            escalate=to_micros(escalate_at),
        )
    )


async def hand_on(tx: Transaction, participant_id: int, *, leaves: bool = False) -> int:
    """Have calls that someone took, and may not answer any more, go to the organisers at once; how many.

    All of them where the person `leaves`, else those of groups they do not run now.
    """
    return await tx.run(
        "UPDATE calls SET taken_by = NULL, taken_at = NULL, escalate_at = called_at"
        " WHERE taken_by = :id AND closed_at IS NULL AND (:leaves = 1 OR"
        " (NOT EXISTS (SELECT 1 FROM participants p WHERE p.id = :id AND p.organises = 1)"
        f" AND NOT EXISTS (SELECT 1 FROM groups g JOIN facilitators f ON {OF_GROUP}"
        " WHERE g.id = calls.group_id AND f.participant_id = :id)))",
        id=participant_id,
        leaves=int(leaves),
    )


async def forget(tx: Transaction, group_id: int, before: datetime, now: datetime) -> None:
    """Close the call of a group that somebody took that long ago: who came forgot to."""
    await tx.run(
        "UPDATE calls SET closed_at = :now WHERE group_id = :group AND closed_at IS NULL AND taken_at <= :before",
        group=group_id,
        before=to_micros(before),
        now=to_micros(now),
    )


async def close(tx: Transaction, call_id: int, now: datetime, *, withdrawn_by: int | None = None) -> bool:
    """Note that a call is over, and who took it back if somebody did. False where it was over already."""
    return bool(
        await tx.run(
            "UPDATE calls SET closed_at = :now, escalate_at = NULL, withdrawn_by = :by"
            " WHERE id = :id AND closed_at IS NULL",
            id=call_id,
            now=to_micros(now),
            by=withdrawn_by,
        )
    )


async def called_before(tx: Transaction, participant_id: int, back: int) -> datetime | None:
    """When someone called for the `back`-th time, from now back; None where they called less often."""
    row = await tx.one(
        "SELECT called_at FROM calls WHERE caller_id = :id ORDER BY called_at DESC LIMIT 1 OFFSET :before",
        id=participant_id,
        before=back - 1,
    )
    return from_micros(row["called_at"]) if row else None


async def last_withdrawn(tx: Transaction, participant_id: int) -> datetime | None:
    """When someone last took a call back; None for never."""
    row = await tx.one("SELECT MAX(closed_at) AS at FROM calls WHERE withdrawn_by = :id", id=participant_id)
    return from_micros(row["at"]) if row and row["at"] is not None else None


async def escalated(tx: Transaction, call_id: int) -> None:
    """Note that the organisers were told."""
    await tx.run("UPDATE calls SET escalate_at = NULL WHERE id = :id", id=call_id)


async def first_unanswered(tx: Transaction, now: datetime) -> Call | None:
    """The call that has waited for the organisers longest; None where none has to go to them by now."""
    row = await tx.one(
        f"{_CALL} WHERE c.escalate_at <= :now AND c.closed_at IS NULL ORDER BY c.escalate_at, c.id LIMIT 1",
        now=to_micros(now),
    )
    return _call(row) if row else None


async def next_escalation(tx: Transaction) -> datetime | None:
    """When the next call goes to the organisers, perhaps already; None where none waits."""
    row = await tx.one("SELECT MIN(escalate_at) AS due FROM calls WHERE escalate_at IS NOT NULL AND closed_at IS NULL")
    return from_micros(row["due"]) if row and row["due"] is not None else None


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who may answer a group's call. `busy`: they set out to another group that called."""

    id: int
    busy: bool


async def answerers(tx: Transaction, group_id: int, *, but: int, since: datetime) -> Sequence[Answerer]:
    """The facilitators of a group who came in and can be written to, but one; by id. Busy: only what began `since`."""
    rows = await tx.all(
        "SELECT p.id, EXISTS (SELECT 1 FROM calls c WHERE c.taken_by = p.id AND c.closed_at IS NULL"
        " AND c.taken_at > :since AND c.group_id <> g.id) AS busy"
        " FROM groups g JOIN participants p ON p.status = 'joined' AND p.stopped = 0 AND p.id <> :but"
        " WHERE g.id = :group AND EXISTS"
        f" (SELECT 1 FROM facilitators f WHERE f.participant_id = p.id AND {OF_GROUP})"
        " AND EXISTS (SELECT 1 FROM accounts a WHERE a.participant_id = p.id AND a.unreachable = 0) ORDER BY p.id",
        group=group_id,
        but=but,
        since=to_micros(since),
    )
    return [Answerer(row["id"], bool(row["busy"])) for row in rows]
