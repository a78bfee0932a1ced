"""Reminders when they are due, those that people ask for themselves, and what each person turned off or asked for.

Planning reminders is the engine's: `bot.background.reminder_store`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.background.reminder_store import COLUMNS, Reminder, reminder
from bot.clock import from_micros, to_micros
from bot.content.delivery_kinds import REMINDER
from bot.content.leads import Lead
from bot.database.engine import Transaction
from bot.delivery.outbox_store import PEOPLE_AND_ACCOUNTS
from bot.people.audience_store import where
from bot.people.audiences import Audience

KEPT = timedelta(days=60)
"""How long a settled reminder stays after the time of its subject, so that it can be told what became of it."""


# --- what people ask for themselves


async def add_personal(
    tx: Transaction, subject: str, about: datetime, rows: Iterable[tuple[int, Lead, datetime]]
) -> None:
    """Plan reminders that people (participant, lead, due) asked for themselves."""
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
    """Drop the reminders of a subject that someone asked for and that still wait. False when there were none."""
    return bool(
        await tx.run(
            "DELETE FROM reminders WHERE subject = :subject AND participant_id = :person AND state = 'waiting'",
            subject=subject,
            person=participant_id,
        )
    )


# --- their time


async def next_reminder_due(tx: Transaction) -> datetime | None:
    """When the first waiting reminder is due, perhaps in the past; None when none waits."""
    row = await tx.one("SELECT MIN(due_at) AS due FROM reminders WHERE state = 'waiting'")
    assert row is not None
    return from_micros(row["due"]) if row["due"] is not None else None


async def first_reminder_due(tx: Transaction, now: datetime) -> Reminder | None:
    """The waiting reminder that has been due for longest; None when none is."""
    row = await tx.one(
        f"SELECT {COLUMNS} FROM reminders WHERE state = 'waiting' AND due_at <= :now ORDER BY due_at, id LIMIT 1",
        now=to_micros(now),
    )
    return reminder(row) if row else None


async def personal_due(
    tx: Transaction, subject: str, after: datetime, now: datetime, limit: int
) -> Sequence[tuple[int, int]]:
    """Reminders of one subject that people asked for (id, participant), due between the two instants, in order."""
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
    """Note that everyone up to this participant, by id, has a reminder: the next slice begins behind them."""
    await tx.run("UPDATE reminders SET reached = :reached WHERE id = :id", id=reminder.id, reached=participant_id)


async def settle_reminders(tx: Transaction, ids: Iterable[int], state: str, now: datetime) -> None:
    """Write down what became of reminders: «sent», or «moot» where there was nothing to remind of any more."""
    await tx.many(
        "UPDATE reminders SET state = :state, settled_at = :now WHERE id = :id",
        [{"id": reminder_id, "state": state, "now": to_micros(now)} for reminder_id in ids],
    )


async def drop_missed(tx: Transaction, before: datetime, now: datetime) -> Sequence[Reminder]:
    """Give up the reminders that were due before an instant. Returns them, in the order they were due."""
    rows = await tx.all(
        f"UPDATE reminders SET state = 'dropped', settled_at = :now WHERE state = 'waiting' AND due_at <= :before"
        f" RETURNING {COLUMNS}",
        before=to_micros(before),
        now=to_micros(now),
    )
    return sorted((reminder(row) for row in rows), key=lambda each: (each.due, each.id))


async def have_missed_too_soon(tx: Transaction, now: datetime) -> bool:
    """Whether reminders were given up that are still to come: the clock was ahead, and has been put back."""
    row = await tx.one(
        "SELECT 1 AS found FROM reminders WHERE state = 'dropped' AND due_at > :now LIMIT 1", now=to_micros(now)
    )
    return row is not None


async def take_up_again(tx: Transaction, now: datetime) -> int:
    """Let reminders that were given up and are still to come wait again. Returns how many."""
    return await tx.run(
        "UPDATE reminders SET state = 'waiting', settled_at = NULL WHERE state = 'dropped' AND due_at > :now",
        now=to_micros(now),
    )


async def missed_since(tx: Transaction, since: datetime) -> Sequence[Reminder]:
    """The reminders that were given up since an instant, in the order they were due."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM reminders WHERE state = 'dropped' AND settled_at >= :since ORDER BY due_at, id",
        since=to_micros(since),
    )
    return [reminder(row) for row in rows]


async def forget_old_reminders(tx: Transaction, now: datetime) -> int:
    """Delete settled reminders whose time, and whose subject's time, passed more than KEPT ago. Returns how many."""
    return await tx.run(
        "DELETE FROM reminders WHERE state <> 'waiting' AND due_at < :before AND about_at < :before",
        before=to_micros(now - KEPT),
    )


# --- what people want


async def asked_by(tx: Transaction, participant_id: int) -> Sequence[Reminder]:
    """The reminders that someone asked for and that still wait, in the order they are due."""
    rows = await tx.all(
        f"SELECT {COLUMNS} FROM reminders WHERE participant_id = :person AND state = 'waiting' ORDER BY due_at, id",
        person=participant_id,
    )
    return [reminder(row) for row in rows]


async def choices_of(tx: Transaction, people: Collection[int]) -> Mapping[int, tuple[frozenset[str], frozenset[str]]]:
    """The subjects and kinds that each of these people turned off, and those they asked for.

    Who chose nothing is not in the answer.
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
    """Keep that someone turned a subject or kind off, or (`wanted`) asked for what comes only where people ask."""
    await tx.run(
        "INSERT INTO reminder_mutes (participant_id, what, wanted) VALUES (:person, :what, :wanted)"
        " ON CONFLICT (participant_id, what) DO UPDATE SET wanted = :wanted",
        person=participant_id,
        what=what,
        wanted=int(wanted),
    )


async def unchoose(tx: Transaction, participant_id: int, what: str) -> None:
    """Forget what someone chose about a subject or kind: they are reminded of it like everybody who chose nothing."""
    await tx.run(
        "DELETE FROM reminder_mutes WHERE participant_id = :person AND what = :what", person=participant_id, what=what
    )


# --- into the outbox: one row a recipient


_INSERT = (
    "INSERT INTO deliveries (platform, kind, participant_id, account_id, content, urgent, asked, subject, due_at,"
    " created_at, reference) SELECT a.platform, :kind, p.id, a.id, :content, :urgent, 0, CAST(:subject AS TEXT),"
    " :now, :now, CAST(:reference AS TEXT)"
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


@dataclass(frozen=True, slots=True)
class ReminderMessage:
    """A reminder as someone reads it (`content`, a stored view), with its rank in the outbox.

    Who turned off its `subject`, or what it is muted by, gets none.
    """

    subject: str
    mute: str
    content: str
    urgent: int
    now: datetime

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of _INSERT, and of the conditions beside it."""
        return {
            "kind": f"{REMINDER}{self.subject}",
            "content": self.content,
            "urgent": self.urgent,
            "now": to_micros(self.now),
            "asked": 0,
            "account": 0,
            "subject": self.subject,
            "mute": self.mute,
        }


@dataclass(frozen=True, slots=True)
class Slice:
    """The people of an audience with ids above `after`, up to `up_to` (None: all others).

    `asked_only`: those who asked to be reminded of this; else all who did not turn it off.
    """

    audience: Audience
    after: int
    up_to: int | None
    asked_only: bool = False

    @property
    def condition(self) -> tuple[str, Mapping[str, Any]]:
        """The condition on participants p, and its parameters."""
        condition, params = where(self.audience)
        asked = _ASKED if self.asked_only else ""
        return (
            f"p.id > :after AND p.id <= :up_to AND {condition} AND {_WANTED}{asked} AND {_TOPIC}",
            {**params, "after": self.after, "up_to": self.up_to if self.up_to is not None else 2**62},
        )


async def end_of_slice(tx: Transaction, audience: Audience, after: int, size: int) -> int | None:
    """The id of the last of the next `size` people of an audience; None where fewer are left."""
    condition, params = where(audience)
    row = await tx.one(
        f"SELECT p.id FROM participants p WHERE p.id > :after AND {condition} ORDER BY p.id LIMIT 1 OFFSET :skip",
        after=after,
        skip=size - 1,
        **params,
    )
    return row["id"] if row else None


async def remind_slice(tx: Transaction, people: Slice, message: ReminderMessage) -> int:
    """Put the same reminder to a slice of the people into the outbox; to how many."""
    condition, params = people.condition
    return await tx.run(
        f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} WHERE {condition}",
        **message.params,
        **params,
        reference=tx.reference,
    )


async def who_wants(tx: Transaction, people: Slice, subject: str, mute: str) -> Sequence[int]:
    """Who of a slice of the people wants a reminder of a subject, by id."""
    condition, params = people.condition
    rows = await tx.all(f"SELECT p.id FROM participants p WHERE {condition}", subject=subject, mute=mute, **params)
    return [row["id"] for row in rows]


async def remind_people(tx: Transaction, messages: Mapping[int, ReminderMessage]) -> None:
    """Put a reminder of its own to each of these people, by id, into the outbox."""
    await tx.many(
        f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} WHERE p.id = :person",
        [{**message.params, "person": person, "reference": tx.reference} for person, message in messages.items()],
    )


async def remind_who_asked(tx: Transaction, audience: Audience, messages: Mapping[int, ReminderMessage]) -> None:
    """Put what people asked for into the outbox, by the ids of their reminders; not for who is not in the audience."""
    condition, params = where(audience)
    await tx.many(
        f"{_INSERT} FROM {PEOPLE_AND_ACCOUNTS} JOIN reminders r ON r.participant_id = p.id"
        f" WHERE r.id = :reminder AND {condition} AND {_WANTED}",
        [
            {**params, **message.params, "reminder": reminder_id, "reference": tx.reference}
            for reminder_id, message in messages.items()
        ],
    )
