"""Stores reminders when they are sent, those that people ask for themselves, and what each person turned off.

The `subject` of a reminder is a key such as «session:12»; its lead is how long before it is sent. A waiting reminder is
settled when it was sent, was given up (it came too late and is never sent), or became pointless. Reminders for
everybody are planned by `bot.background.reminder_store`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.background.reminder_store import COLUMNS, Reminder
from bot.clock import to_micros
from bot.content.delivery_kinds import REMINDER
from bot.content.lead_times import Lead
from bot.database.engine import Transaction
from bot.delivery.outbox_store import PEOPLE_AND_ACCOUNTS
from bot.people.audience_store import where
from bot.people.audiences import Audience

KEPT = timedelta(days=60)
"""How long sent and given-up reminders are stored after the time of their subject, in case somebody asks about them."""


# --- what people ask for themselves


async def add_personal(
    tx: Transaction, subject: str, about: datetime, rows: Iterable[tuple[int, Lead, datetime]]
) -> None:
    """Plan reminders of a subject (a key such as «session:12») that people asked for.

    `about` is when the subject takes place. Each of `rows` has the participant's id, how long before `about` the
    reminder is sent, and when it is due.
    """
    await tx.many(
        "INSERT INTO reminders (subject, lead, about_at, due_at, participant_id)"
        " VALUES (:subject, :lead, :about, :due, :person)",
        [
            {
                "subject": subject,
                "lead": lead.encode(),
                "about": to_micros(about),
                "due": to_micros(due),
                "person": person,
            }
            for person, lead, due in rows
        ],
    )


async def forget_personal(tx: Transaction, subject: str, participant_id: int) -> bool:
    """Delete the waiting reminders of a subject (a key such as «session:12») that a participant asked for.

    Returns whether there were any such reminders.
    """
    return bool(
        await tx.run(
            "DELETE FROM reminders WHERE subject = :subject AND participant_id = :person AND state = 'waiting'",
            subject=subject,
            person=participant_id,
        )
    )


# --- their time


async def next_reminder_due(tx: Transaction) -> datetime | None:
    """Return when the first waiting reminder is due, perhaps in the past; None if no reminder is waiting."""
    return await tx.value_or_none(datetime, "SELECT MIN(due_at) FROM reminders WHERE state = 'waiting'")


async def first_reminder_due(tx: Transaction, now: datetime) -> Reminder | None:
    """Return the waiting reminder that has been due longest; None if none is due."""
    return await tx.row(
        Reminder,
        f"SELECT {COLUMNS} FROM reminders WHERE state = 'waiting' AND due_at <= :now ORDER BY due_at, id LIMIT 1",
        now=to_micros(now),
    )


async def personal_due(
    tx: Transaction, subject: str, after: datetime, now: datetime, limit: int
) -> Sequence[tuple[int, int]]:
    """Return the waiting reminders of a subject that people asked for and that are due from `after` to `now`.

    `subject` is a key such as «session:12». The reminders are pairs of reminder id and participant id, at most `limit`,
    in the order in which they are due.
    """
    rows = await tx.all(
        "SELECT id, participant_id FROM reminders WHERE subject = :subject AND state = 'waiting'"
        " AND participant_id IS NOT NULL AND due_at >= :after AND due_at <= :now ORDER BY due_at, id LIMIT :limit",
        subject=subject,
        after=to_micros(after),
        now=to_micros(now),
        limit=limit,
    )
    return [(row["id"], row["participant_id"]) for row in rows]


async def set_reached(tx: Transaction, reminder: Reminder, participant_id: int) -> None:
    """Store that a reminder for an audience was enqueued for all people with ids up to `participant_id`.

    The next call enqueues it for people after that id.
    """
    await tx.run("UPDATE reminders SET reached = :reached WHERE id = :id", id=reminder.id, reached=participant_id)


async def settle_reminders(tx: Transaction, ids: Iterable[int], state: str, now: datetime) -> None:
    """Store the final state of reminders: «sent», or «moot» if nothing was left to remind people of."""
    await tx.many(
        "UPDATE reminders SET state = :state, settled_at = :now WHERE id = :id",
        [{"id": reminder_id, "state": state, "now": to_micros(now)} for reminder_id in ids],
    )


async def drop_missed(tx: Transaction, before: datetime, now: datetime) -> Sequence[Reminder]:
    """Give up the waiting reminders that were due at `before` or earlier, and return them by the time they were due."""
    dropped = await tx.rows(
        Reminder,
        f"UPDATE reminders SET state = 'dropped', settled_at = :now WHERE state = 'waiting' AND due_at <= :before"
        f" RETURNING {COLUMNS}",
        before=to_micros(before),
        now=to_micros(now),
    )
    return sorted(dropped, key=lambda each: (each.due, each.id))


async def have_missed_too_soon(tx: Transaction, now: datetime) -> bool:
    """Return whether any reminders were given up although they are due only after `now`.

    This happens if the machine's clock was ahead and was then corrected.
    """
    return await tx.exists(
        "SELECT 1 FROM reminders WHERE state = 'dropped' AND due_at > :now LIMIT 1", now=to_micros(now)
    )


async def take_up_again(tx: Transaction, now: datetime) -> int:
    """Let reminders that were given up and are due after `now` wait again. Returns how many reminders these are."""
    return await tx.run(
        "UPDATE reminders SET state = 'waiting', settled_at = NULL WHERE state = 'dropped' AND due_at > :now",
        now=to_micros(now),
    )


async def missed_since(tx: Transaction, since: datetime) -> Sequence[Reminder]:
    """Return the reminders that were given up at `since` or later, in the order in which they were due."""
    return await tx.rows(
        Reminder,
        f"SELECT {COLUMNS} FROM reminders WHERE state = 'dropped' AND settled_at >= :since ORDER BY due_at, id",
        since=to_micros(since),
    )


async def forget_old_reminders(tx: Transaction, now: datetime) -> int:
    """Delete reminders that were sent or given up if the time they were due and their subject are sixty days past.

    Returns how many were deleted.
    """
    return await tx.run(
        "DELETE FROM reminders WHERE state <> 'waiting' AND due_at < :before AND about_at < :before",
        before=to_micros(now - KEPT),
    )


# --- what people want


async def asked_by(tx: Transaction, participant_id: int) -> Sequence[Reminder]:
    """Return the waiting reminders that a participant asked for, in the order in which they are due."""
    return await tx.rows(
        Reminder,
        f"SELECT {COLUMNS} FROM reminders WHERE participant_id = :person AND state = 'waiting' ORDER BY due_at, id",
        person=participant_id,
    )


async def choices_of(tx: Transaction, people: Collection[int]) -> Mapping[int, tuple[frozenset[str], frozenset[str]]]:
    """Return, by participant id, the subjects and kinds of reminders that each person turned off, and those turned on.

    People who turned nothing off or on are missing. People who are not in `people` may be in the result.
    """
    if not people:
        return {}
    rows = await tx.all(
        "SELECT participant_id, what, wanted FROM reminder_mutes"
        " WHERE participant_id >= :first AND participant_id <= :last",
        first=min(people),
        last=max(people),
    )
    chosen: dict[int, tuple[set[str], set[str]]] = {}
    for row in rows:
        chosen.setdefault(row["participant_id"], (set(), set()))[row["wanted"]].add(row["what"])
    return {person: (frozenset(off), frozenset(on)) for person, (off, on) in chosen.items()}


async def put_choice(tx: Transaction, participant_id: int, what: str, *, wanted: bool) -> None:
    """Store that a participant turned reminders of a subject or kind off, or on if `wanted` is true.

    `what` is the key of the subject, such as «session:12», or «kind:» followed by the kind. Turning on matters only for
    kinds whose reminders are sent only to people who ask.
    """
    await tx.run(
        "INSERT INTO reminder_mutes (participant_id, what, wanted) VALUES (:person, :what, :wanted)"
        " ON CONFLICT (participant_id, what) DO UPDATE SET wanted = :wanted",
        person=participant_id,
        what=what,
        wanted=int(wanted),
    )


async def unchoose(tx: Transaction, participant_id: int, what: str) -> None:
    """Delete a participant's choice for a subject or kind of reminders, so that the usual reminders are sent again.

    `what` is the key of the subject, such as «session:12», or «kind:» followed by the kind.
    """
    await tx.run(
        "DELETE FROM reminder_mutes WHERE participant_id = :person AND what = :what", person=participant_id, what=what
    )


# --- into the outbox: one row a recipient


_INSERT = (
    "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, urgent, asked, subject, due_at,"
    " created_at, reference) SELECT a.platform, :kind, p.id, a.id, :content, :urgent, :asked, CAST(:subject AS TEXT),"
    " :now, :now, CAST(:reference AS TEXT)"
)
_WANTED = (
    "p.stopped = 0 AND NOT EXISTS (SELECT 1 FROM reminder_mutes rm"
    " WHERE rm.participant_id = p.id AND rm.wanted = 0 AND rm.what IN (:subject, :mute))"
)
"""SQL condition: a person `p` neither stopped all messages nor turned off reminders of the subject or kind."""
_ASKED = (
    " AND EXISTS (SELECT 1 FROM reminder_mutes ra"
    " WHERE ra.participant_id = p.id AND ra.wanted = 1 AND ra.what IN (:subject, :mute))"
)
"""SQL condition: a person `p` turned on reminders of the subject or kind, which nobody gets unasked."""
_TOPIC = "p.muted NOT LIKE '%\"reminders\"%'"
"""SQL condition: a person `p` did not turn off all reminders in the settings."""


@dataclass(frozen=True, slots=True)
class ReminderMessage:
    """The message of a reminder, as stored in the outbox.

    `content` is the stored view, `urgent` the rank in the outbox. People who turned off reminders of the `subject`, or
    of the kind that `mute` names, do not get the message. `asked` is whether its readers asked for it or arranged the
    event, so that it needs no consent (`bot.content.delivery_kinds.Telling.AWAITED`).
    """

    subject: str
    mute: str
    content: str
    urgent: int
    now: datetime
    asked: bool

    @property
    def params(self) -> dict[str, Any]:
        """Return the values for the SQL statement that enqueues the message."""
        return {
            "kind": f"{REMINDER}{self.subject}",
            "content": self.content,
            "urgent": self.urgent,
            "now": to_micros(self.now),
            "asked": int(self.asked),
            "account": 0,
            "subject": self.subject,
            "mute": self.mute,
        }


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice of an audience: the people with ids above `after`, up to and including `up_to` (None: no upper limit).

    With `asked_only`, the slice has only people who turned these reminders on. It never has people who turned them off.
    """

    audience: Audience
    after: int
    up_to: int | None
    asked_only: bool = False

    @property
    def condition(self) -> tuple[str, Mapping[str, Any]]:
        """Return the SQL condition that a participant `p` is in the slice, and the values of its parameters.

        The caller adds the values for `:subject` and `:mute`, the keys of what people may have turned off.
        """
        condition, params = where(self.audience)
        asked = _ASKED if self.asked_only else ""
        return (
            f"p.id > :after AND p.id <= :up_to AND {condition} AND {_WANTED}{asked} AND {_TOPIC}",
            {**params, "after": self.after, "up_to": self.up_to if self.up_to is not None else 2**62},
        )


async def end_of_slice(tx: Transaction, audience: Audience, after: int, size: int) -> int | None:
    """Return the id of the last of the next `size` people of an audience; None if fewer than `size` people are left.

    The next people are the ones with ids above `after`, in the order of their ids.
    """
    condition, params = where(audience)
    return await tx.value_or_none(
        int,
        f"SELECT p.id FROM participants p WHERE p.id > :after AND {condition} ORDER BY p.id LIMIT 1 OFFSET :skip",
        after=after,
        skip=size - 1,
        **params,
    )


async def remind_slice(tx: Transaction, people: Slice, message: ReminderMessage) -> int:
    """Enqueue the same message for everybody in a slice (some people of an audience). Returns for how many."""
    condition, params = people.condition
    return await tx.run(
        f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} WHERE {condition}",
        **message.params,
        **params,
        reference=tx.reference,
    )


async def who_wants(tx: Transaction, people: Slice, subject: str, mute: str) -> Sequence[int]:
    """Return the ids of the people of a slice (some people of an audience) who want reminders of a subject.

    `mute` is the key, usually of the kind of session, by which people turn such reminders off.
    """
    condition, params = people.condition
    return await tx.values(
        int, f"SELECT p.id FROM participants p WHERE {condition}", subject=subject, mute=mute, **params
    )


async def remind_people(tx: Transaction, messages: Mapping[int, ReminderMessage]) -> None:
    """Enqueue a separate message for each person, given by participant id."""
    await tx.many(
        f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} WHERE p.id = :person",
        [{**message.params, "person": person, "reference": tx.reference} for person, message in messages.items()],
    )


async def remind_who_asked(tx: Transaction, audience: Audience, messages: Mapping[int, ReminderMessage]) -> None:
    """Enqueue the messages for people who asked for a reminder; `messages` are by the id of the reminder.

    People who are not in the audience, stopped all messages or turned off the reminder's subject or kind get nothing.
    """
    condition, params = where(audience)
    await tx.many(
        f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} JOIN reminders r ON r.participant_id = p.id"
        f" WHERE r.id = :reminder AND {condition} AND {_WANTED}",
        [
            {**params, **message.params, "reminder": reminder_id, "reference": tx.reference}
            for reminder_id, message in messages.items()
        ],
    )
