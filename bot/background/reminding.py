"""Plans reminders. What people are reminded of is called a subject, and declared by the capability that owns it.

    await reminding.schedule(tx, "campaign:3", deadline, gathering.zone, leads, now)
    await reminding.unschedule(tx, "campaign:3")

A lead is how long before its subject a reminder is sent. There is a row for each lead of each subject, and one for the
evening before each day. Planning again for the same time changes nothing, even if the reminder was sent; for another
time, the reminders are moved. Leads whose time has passed are skipped. Who gets a reminder, and what it says, is
determined by its `Subject` when it is due, so people who join later get the later reminders.
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
from bot.content.lead_times import Lead
from bot.content.texts import Span
from bot.content.views import View
from bot.database.engine import Transaction
from bot.people.audiences import Audience

DAY = "day"
"""The kind of subject that is a whole day: on the evening before, people read what takes place on that day."""
_CONFIGURED = "reminders_configured"

# --- what capabilities declare

Personal: TypeAlias = Callable[[Transaction, Collection[int]], Awaitable[Mapping[int, View]]]
"""A function that gets participants' ids and returns a view for each, by id; people without a view get no reminder."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder as it is sent: its recipients (`audience`), and its view.

    If the view is not the same for everybody, `view` is a function that returns the views by participant id. People who
    turned off the kind of reminders `mute` do not get the notice; '' means the kind of its subject. `rank` says how
    urgently the outbox sends it; None for the usual rank. With `asked_only`, only people who asked for this reminder,
    or for all reminders of its kind, get it. `awaited` is True if the recipients arranged the thing themselves, such as
    a ride, so that their consent to messages is not needed.
    """

    audience: Audience
    view: View | Personal
    mute: str = ""
    rank: int | None = None
    asked_only: bool = False
    awaited: bool = False


Compose: TypeAlias = Callable[[Transaction, Reminder, datetime], Awaitable[Notice | None]]
"""A function that returns the notice for a reminder that is due; None if its subject no longer takes place.

If the reminder is late, the caller adds a remark that says so.
"""


async def _plan_nothing(_tx: Transaction, _now: datetime) -> None:
    """Do nothing at the start, because the reminders are planned when something of this kind is created."""


async def _has_not_moved(_tx: Transaction) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A kind of thing that people are reminded of, such as sessions, as a capability declares it.

    Each thing has a name like «session:12». `kind` is the part before the colon, or the whole name if it has no colon.
    `compose` is called when a reminder is due, and returns what it says and to whom.
    """

    kind: str
    compose: Compose
    name: Callable[[Transaction, Reminder], Awaitable[Span | None]]
    """A function that returns the name of a reminder's subject, in one line; None if it was cancelled or deleted."""
    kinds: Mapping[str, Span] = field(default_factory=dict[str, Span])
    """The names of the kinds of reminders that people can turn on or off, by kind."""
    plan: Callable[[Transaction, datetime], Awaitable[None]] = _plan_nothing
    """A function that adds missing reminders. It is called at the start, and after `has_moved` returned True."""
    has_moved: Callable[[Transaction], Awaitable[bool]] = _has_not_moved
    """A function that returns whether anything takes place at another time than its reminders say; it only reads."""
    of_its_day: bool = True
    """Whether these reminders are useless a day later; if so, the limit of two messages a day ignores them."""


def kind_of(subject: str) -> str:
    """Return the kind of a thing that people are reminded of: in «session:12», the part before the colon."""
    return subject.partition(":")[0]


def number_of(subject: str) -> int:
    """Return the number in the name of a thing that people are reminded of (12 in «session:12»); 0 if it has none."""
    return int(subject.partition(":")[2] or 0)


def day_subject(day: date) -> str:
    """Return the name of a whole day, such as «day:2027-06-10», of which people are reminded on the evening before."""
    return f"{DAY}:{day.isoformat()}"


def mute_of(kind: str) -> str:
    """Return the value that the program stores for a person who turned off all reminders of a kind."""
    return f"kind:{kind}"


def rank(reminder: Reminder) -> int:
    """Return the rank in the outbox, BULK or USUAL, that says how urgently a reminder is sent; BULK waits at night.

    It is BULK for a reminder that is sent a day or more ahead, unless the person asked for it; otherwise USUAL.
    """
    ahead = reminder.lead.days > 0 or timedelta(minutes=reminder.lead.minutes) >= timedelta(days=1)
    return BULK if ahead and reminder.participant_id is None else USUAL


# --- what is configured


@dataclass(frozen=True, slots=True)
class Configured:
    """The times of reminders in the configuration, as stored for modules that do not read the configuration.

    `leads` says, for each kind of thing, how long before a thing its reminders are sent. `eve` is how long before the
    beginning of a day people are told what takes place on it, None for never. Reminders of the kinds in `asked` are
    only sent to people who asked for them. `zone` is the gathering's time zone.
    """

    zone: str
    leads: Mapping[str, tuple[Lead, ...]]
    eve: Lead | None
    asked: frozenset[str]

    def leads_of(self, kind: str) -> tuple[Lead, ...]:
        """Return how long before a thing of this kind, such as a session, reminders are sent; empty if never."""
        return self.leads.get(kind, ())


async def configure(tx: Transaction, configured: Configured) -> None:
    """Store the times of reminders from the configuration, for modules that do not read the configuration."""
    kept = {
        "zone": configured.zone,
        "kinds": {kind: [lead.encode() for lead in leads] for kind, leads in configured.leads.items()},
        "eve": configured.eve.encode() if configured.eve else None,
        "asked": sorted(configured.asked),
    }
    await setting_store.put(tx, _CONFIGURED, json.dumps(kept))


async def configured(tx: Transaction) -> Configured:
    """Return the times of reminders that were in the configuration at the last start; none before the first start."""
    kept = await setting_store.get(tx, _CONFIGURED)
    if kept is None:
        return Configured("UTC", {}, None, frozenset())
    found = json.loads(kept)
    return Configured(
        found["zone"],
        {kind: tuple(Lead.from_stored(word) for word in words) for kind, words in found["kinds"].items()},
        Lead.from_stored(found["eve"]) if found["eve"] else None,
        frozenset(found["asked"]),
    )


# --- planning


async def schedule(
    tx: Transaction, subject: str, at: datetime, zone: str, leads: Iterable[Lead], now: datetime
) -> None:
    """Plan the reminders of a thing that takes place at `at`, one for each of `leads` whose time is still to come.

    `subject` is the name of the thing, such as «session:12». A lead is how long before the thing a reminder is sent;
    leads in days are counted in the time zone `zone`. Reminders of the thing that were planned for other times or leads
    are deleted. Reminders that single people asked for are moved, or deleted if their new time has passed.
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
    """Delete all reminders of a subject, such as «session:12», even if people asked for them or they are waiting."""
    await reminder_store.remove(tx, [reminder.id for reminder in await reminder_store.planned(tx, subject)])
    await reminder_store.call_back(tx, subject)


async def schedule_day(tx: Transaction, at: datetime, now: datetime) -> None:
    """Plan a reminder of the day on which something takes place at `at`, to be sent on the evening before."""
    known = await configured(tx)
    zone = ZoneInfo(known.zone)
    day = at.astimezone(zone).date()
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    await schedule(tx, day_subject(day), begins, known.zone, (known.eve,) if known.eve else (), now)
