"""The SQL of calls for help: a group calls, one person takes the call, and it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.database.engine import Transaction
from bot.people.browser_store import COUNTED
from bot.people.facilitator_store import group_is_run

_CALL = (
    "SELECT c.id, c.group_id, c.called_at, c.taken_by, COALESCE(p.given_name, '') AS taker,"
    " c.closed_at IS NOT NULL AS closed, c.browser FROM calls c LEFT JOIN participants p ON p.id = c.taken_by"
)


@dataclass(frozen=True, slots=True)
class FacilitatorCall:
    """A group's call for help, with which it asks a facilitator to come.

    `taken_by` is the id of the person who has promised to come, and `taker` their first name; None and '' before.
    `closed` says whether the call is over. `browser` is the id of the unconfirmed browser in which the call was made,
    '' for any other place.
    """

    id: int
    group_id: int
    called_at: datetime
    taken_by: int | None
    taker: str
    closed: bool
    browser: str = ""


async def find_call(tx: Transaction, call_id: int) -> FacilitatorCall | None:
    """Return the call for help with this id; None if there is none."""
    return await tx.row(FacilitatorCall, f"{_CALL} WHERE c.id = :id", id=call_id)


async def open_call(tx: Transaction, group_id: int) -> FacilitatorCall | None:
    """Return the open call for help of a group; None if it has none."""
    return await tx.row(FacilitatorCall, f"{_CALL} WHERE c.group_id = :group AND c.closed_at IS NULL", group=group_id)


async def add_call(
    tx: Transaction, group_id: int, caller_id: int, now: datetime, escalate_at: datetime, browser: str = ""
) -> int | None:
    """Store a call for help, and return its id; None if the group has an open call already.

    If the open call was made in an unconfirmed browser and nobody took it, a person who calls from any other place
    takes it over, and its id is returned. The organisers are notified at `escalate_at` unless somebody takes the call
    before. `browser` is the id of the unconfirmed browser in which the caller calls, '' for any other place.
    """
    return await tx.value_or_none(
        int,
        "INSERT INTO calls (group_id, caller_id, called_at, escalate_at, browser)"
        " VALUES (:group, :caller, :now, :escalate, :browser) ON CONFLICT (group_id) WHERE closed_at IS NULL"
        " DO UPDATE SET caller_id = excluded.caller_id, called_at = excluded.called_at,"
        " escalate_at = excluded.escalate_at, browser = '' WHERE calls.browser <> '' AND excluded.browser = ''"
        " AND calls.taken_by IS NULL RETURNING id",
        browser=browser,
        group=group_id,
        caller=caller_id,
        now=to_micros(now),
        escalate=to_micros(escalate_at),
    )


async def set_taken(tx: Transaction, call_id: int, participant_id: int, now: datetime) -> bool:
    """Store who takes a call for help. Returns False if somebody has taken it already or it is closed."""
    return bool(
        await tx.run(
            "UPDATE calls SET taken_by = :person, taken_at = :now, escalate_at = NULL"
            " WHERE id = :id AND taken_by IS NULL AND closed_at IS NULL",
            id=call_id,
            person=participant_id,
            now=to_micros(now),
        )
    )


async def set_given_back(tx: Transaction, call_id: int, participant_id: int, escalate_at: datetime) -> bool:
    """Store that the person who took a call for help cannot come, so that the call waits again.

    The organisers are notified at `escalate_at` unless somebody takes the call before. Returns False if this person has
    not taken the call, or it is closed.
    """
    return bool(
        await tx.run(
            "UPDATE calls SET taken_by = NULL, taken_at = NULL, escalate_at = :escalate"
            " WHERE id = :id AND taken_by = :person AND closed_at IS NULL",
            id=call_id,
            person=participant_id,
            escalate=to_micros(escalate_at),
        )
    )


async def hand_on_calls(tx: Transaction, participant_id: int, *, leaves: bool = False) -> int:
    """Take from a person the open calls for help that they may no longer answer, and pass the calls to the organisers.

    With `leaves`, the person leaves the gathering: all open calls that they took are passed on. Otherwise these are
    only calls of groups whose workshops they do not run, and organisers keep their calls. Returns the number of calls.
    """
    return await tx.run(
        "UPDATE calls SET taken_by = NULL, taken_at = NULL, escalate_at = called_at"
        " WHERE taken_by = :id AND closed_at IS NULL AND (:leaves = 1 OR"
        " (NOT EXISTS (SELECT 1 FROM participants p WHERE p.id = :id AND p.organises = 1)"
        f" AND NOT EXISTS (SELECT 1 FROM groups g JOIN roles f ON {group_is_run()}"
        " WHERE g.id = calls.group_id AND f.participant_id = :id)))",
        id=participant_id,
        leaves=int(leaves),
    )


async def forget_browsers(tx: Transaction, participant_id: int) -> None:
    """Delete the ids of unconfirmed browsers that are stored with a person's calls for help."""
    await tx.run("UPDATE calls SET browser = '' WHERE caller_id = :id", id=participant_id)


async def close_forgotten_call(tx: Transaction, group_id: int, before: datetime, now: datetime) -> None:
    """Close the open call for help of a group if somebody took it at `before` or earlier and forgot to close it."""
    await tx.run(
        "UPDATE calls SET closed_at = :now WHERE group_id = :group AND closed_at IS NULL AND taken_at <= :before",
        group=group_id,
        before=to_micros(before),
        now=to_micros(now),
    )


async def set_closed(tx: Transaction, call_id: int, now: datetime, *, withdrawn_by: int | None = None) -> bool:
    """Close a call for help. Returns False if it was closed already.

    `withdrawn_by` is the id of the member who withdrew the call; None if the group got help.
    """
    return bool(
        await tx.run(
            "UPDATE calls SET closed_at = :now, escalate_at = NULL, withdrawn_by = :by"
            " WHERE id = :id AND closed_at IS NULL",
            id=call_id,
            now=to_micros(now),
            by=withdrawn_by,
        )
    )


async def called_before(tx: Transaction, participant_id: int, back: int, browser: str = "") -> datetime | None:
    """Return when a participant made one of their last calls for help: `back` is 1 for the last, 2 for the one before.

    `browser` says which calls count: those made in the unconfirmed browser with this id, in any unconfirmed browser
    («*»), or in any other place (''). Returns None if there are fewer calls.
    """
    return await tx.value_or_none(
        datetime,
        f"SELECT called_at FROM calls WHERE caller_id = :id AND {COUNTED} ORDER BY called_at DESC"
        " LIMIT 1 OFFSET :before",
        browser=browser,
        id=participant_id,
        before=back - 1,
    )


async def last_call_withdrawn(tx: Transaction, participant_id: int) -> datetime | None:
    """Return when a participant last withdrew a call for help that was not made in an unconfirmed browser.

    Returns None if the participant never did.
    """
    return await tx.value_or_none(
        datetime, "SELECT MAX(closed_at) FROM calls WHERE withdrawn_by = :id AND browser = ''", id=participant_id
    )


async def set_escalated(tx: Transaction, call_id: int) -> None:
    """Store that the organisers were notified of a call for help, so that they are not notified again."""
    await tx.run("UPDATE calls SET escalate_at = NULL WHERE id = :id", id=call_id)


async def first_unanswered_call(tx: Transaction, now: datetime) -> FacilitatorCall | None:
    """Return the first call for help of which the organisers must be notified now; None if there is none."""
    return await tx.row(
        FacilitatorCall,
        f"{_CALL} WHERE c.escalate_at <= :now AND c.closed_at IS NULL ORDER BY c.escalate_at, c.id LIMIT 1",
        now=to_micros(now),
    )


async def next_escalation(tx: Transaction) -> datetime | None:
    """Return when organisers must be told of the next unanswered call, perhaps in the past; None if no call waits."""
    return await tx.value_or_none(
        datetime, "SELECT MIN(escalate_at) FROM calls WHERE escalate_at IS NOT NULL AND closed_at IS NULL"
    )


@dataclass(frozen=True, slots=True)
class Answerer:
    """A facilitator who may answer a group's call for help. `busy` is whether they took another group's call."""

    id: int
    busy: bool


async def answerers(tx: Transaction, group_id: int, *, but: int, since: datetime) -> Sequence[Answerer]:
    """Return the facilitators of a group who joined and can be reached, sorted by id, except the person `but` (an id).

    A facilitator is busy if they took another group's call after `since`, and that call is still open.
    """
    return await tx.rows(
        Answerer,
        "SELECT p.id, EXISTS (SELECT 1 FROM calls c WHERE c.taken_by = p.id AND c.closed_at IS NULL"
        " AND c.taken_at > :since AND c.group_id <> g.id) AS busy"
        " FROM groups g JOIN participants p ON p.status = 'joined' AND p.stopped = 0 AND p.id <> :but"
        " WHERE g.id = :group AND EXISTS"
        f" (SELECT 1 FROM roles f WHERE f.participant_id = p.id AND {group_is_run()})"
        " AND EXISTS (SELECT 1 FROM accounts a WHERE a.participant_id = p.id AND a.unreachable = 0) ORDER BY p.id",
        group=group_id,
        but=but,
        since=to_micros(since),
    )
