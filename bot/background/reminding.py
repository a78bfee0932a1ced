"""What people are reminded of, whoever owns it: subjects declared, and their reminders planned.

    await reminding.schedule(tx, "campaign:3", deadline, gathering.zone, leads, now)
    await reminding.unschedule(tx, "campaign:3")

A reminder is a row for each lead of each subject, and one for the eve of each day. What is planned again for the same
time changes nothing, also where it was sent; for another time it moves. A lead whose time passed already is left out.
Whom a reminder is for, and what it says, is asked of its `Subject` when due: who joins later gets what is to come.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.background import reminder_store
from bot.background.reminder_store import Reminder
from bot.config import setting_store
from bot.content.delivery_kinds import BULK, USUAL
from bot.content.leads import Lead, parse_lead
from bot.content.texts import Span
from bot.content.views import View
from bot.database.engine import Transaction
from bot.people.audiences import Audience

DAY = "day"
"""The kind of subject that is a day: on its eve people read what the day holds."""
_CONFIGURED = "reminders_configured"

# --- what capabilities declare

Personal: TypeAlias = Callable[[Transaction, Collection[int]], Awaitable[Mapping[int, View]]]
"""A function that returns what each of these people reads, by id; people missing from the answer get nothing."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder as it is sent: its recipients, and its view.

    Where not everyone reads the same, `view` returns what each reads by their id. People who turned off `mute` get none
    of it; '' stands for its kind. `rank` is its rank in the outbox, None for the usual one (`rank`). `asked_only`: only
    people who asked for it, or for its kind, get it.
    """

    audience: Audience
    view: View | Personal
    mute: str = ""
    rank: int | None = None
    asked_only: bool = False


Compose: TypeAlias = Callable[[Transaction, Reminder, datetime], Awaitable[Notice | None]]
"""A function that makes the notice of a reminder now, or returns None where there is nothing left to remind of.

The caller adds the remark that it is late, if it is.
"""


async def _plan_nothing(_tx: Transaction, _now: datetime) -> None:
    """Plan nothing at the start: whoever creates something of this kind plans its reminders."""


async def _has_not_moved(_tx: Transaction) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A kind of thing that people are reminded of, such as sessions; declared by the capability that owns it.

    `kind` is what the subjects of its reminders begin with, up to a colon and a number («session:12»), or all of it.
    """

    kind: str
    compose: Compose
    name: Callable[[Transaction, Reminder], Awaitable[Span | None]]
    """A function that returns one line naming the subject of a reminder; None if it no longer takes place."""
    kinds: Mapping[str, Span] = field(default_factory=dict[str, Span])
    """The kinds of reminders that people can turn on or off, each with its name, by the argument of `mute_of`."""
    plan: Callable[[Transaction, datetime], Awaitable[None]] = _plan_nothing
    """A function that adds missing reminders. It is called at the start, and whenever something `has_moved`."""
    has_moved: Callable[[Transaction], Awaitable[bool]] = _has_not_moved
    """A function that returns True if something takes place at another time than its reminders were planned for.

    It writes nothing.
    """
    of_its_day: bool = True
    """Whether these reminders are useless a day later: they are then sent even to people who had two messages today."""


def kind_of(subject: str) -> str:
    """Return the kind of a subject: the part before its colon («session» for «session:12»)."""
    return subject.partition(":")[0]


def number_of(subject: str) -> int:
    """Return the number in a subject (12 for «session:12»); 0 for a subject without one."""
    return int(subject.partition(":")[2] or 0)


def day_subject(day: date) -> str:
    """Return the subject of a whole day, whose sessions people are reminded of on its eve."""
    return f"{DAY}:{day.isoformat()}"


def mute_of(kind: str) -> str:
    """Return the value stored when a person turns off reminders of a kind."""
    return f"kind:{kind}"


def rank(reminder: Reminder) -> int:
    """Return the rank in the outbox for a reminder: one that comes a day or more ahead waits for the morning.

    A reminder that a person asked for does not wait.
    """
    ahead = reminder.lead.days > 0 or timedelta(minutes=reminder.lead.minutes) >= timedelta(days=1)
    return BULK if ahead and reminder.participant_id is None else USUAL


# --- what is configured


@dataclass(frozen=True, slots=True)
class Configured:
    """The configured times of reminders, for modules that do not read the configuration.

    `leads` are by the kind of what takes place. `eve` is how long before a day begins people read what it holds, None
    for never; `asked` are the kinds that people are reminded of only where they ask.
    """

    zone: str
    leads: Mapping[str, tuple[Lead, ...]]
    eve: Lead | None
    asked: frozenset[str]

    def leads_of(self, kind: str) -> tuple[Lead, ...]:
        """Return how long before something of this kind people are reminded of it; empty for no reminders."""
        return self.leads.get(kind, ())


async def configure(tx: Transaction, configured: Configured) -> None:
    """Store the configured leads, for `configured`."""
    kept = {
        "zone": configured.zone,
        "kinds": {kind: [lead.encode() for lead in leads] for kind, leads in configured.leads.items()},
        "eve": configured.eve.encode() if configured.eve else None,
        "asked": sorted(configured.asked),
    }
    await setting_store.put(tx, _CONFIGURED, json.dumps(kept))


async def configured(tx: Transaction) -> Configured:
    """Return the leads configured at the last start; before the first start, no leads at all."""
    kept = await setting_store.get(tx, _CONFIGURED)
    if kept is None:
        return Configured("UTC", {}, None, frozenset())
    found = json.loads(kept)
    return Configured(
        found["zone"],
        {kind: tuple(parse_lead(word) for word in words) for kind, words in found["kinds"].items()},
        parse_lead(found["eve"]) if found["eve"] else None,
        frozenset(found["asked"]),
    )


# --- planning


async def schedule(
    tx: Transaction, subject: str, at: datetime, zone: str, leads: Iterable[Lead], now: datetime
) -> None:
    """Plan the reminders of a subject that takes place at `at`, one for each of `leads`.

    Its reminders for other times or leads are deleted. Reminders that people asked for move along with it, or are
    deleted if their time would be past.
    """
    wanted = {lead: lead.before(at, zone) for lead in leads}
    gone: list[int] = []
    moved: list[tuple[int, datetime, datetime]] = []
    for reminder in await reminder_store.planned(tx, subject):
        if reminder.participant_id is None:
            due = wanted.get(reminder.lead) if reminder.about == at else None
        elif reminder.about == at:
            continue
        else:
            due = reminder.lead.before(at, zone)
            due = due if due > now else None
        if due is None:
            gone.append(reminder.id)
        elif (reminder.about, reminder.due) != (at, due):
            moved.append((reminder.id, at, due))
    await reminder_store.remove(tx, gone)
    await reminder_store.move(tx, moved)
    await reminder_store.add(tx, subject, at, [(lead, due) for lead, due in wanted.items() if due > now])


async def unschedule(tx: Transaction, subject: str) -> None:
    """Delete all reminders of a subject: planned ones, those that people asked for, and those waiting in the outbox."""
    await reminder_store.remove(tx, [reminder.id for reminder in await reminder_store.planned(tx, subject)])
    await reminder_store.call_back(tx, subject)


async def schedule_day(tx: Transaction, at: datetime, now: datetime) -> None:
    """Plan the reminder on the eve of the day of `at`, because something takes place then."""
    known = await configured(tx)
    zone = ZoneInfo(known.zone)
    day = at.astimezone(zone).date()
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    await schedule(tx, day_subject(day), begins, known.zone, (known.eve,) if known.eve else (), now)
