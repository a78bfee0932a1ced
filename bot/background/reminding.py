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
"""The kind of subject that is a day: on its eve people read what it holds."""
_CONFIGURED = "reminders_configured"

# --- what capabilities declare

Personal: TypeAlias = Callable[[Transaction, Collection[int]], Awaitable[Mapping[int, View]]]
"""What each of these people reads; nothing for who is not in the answer."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder as it leaves: to whom, and what.

    Where not everyone reads the same, `view` is what each reads by their id. `mute` is what someone turned off who gets
    none of it, '' for its kind. `rank` is its rank in the outbox, None for the usual one (`rank`). `asked_only`: only
    who asked for it, or for its kind, gets it.
    """

    audience: Audience
    view: View | Personal
    mute: str = ""
    rank: int | None = None
    asked_only: bool = False


Compose: TypeAlias = Callable[[Transaction, Reminder, datetime], Awaitable[Notice | None]]
"""What a reminder says now; None where there is nothing to remind of any more. Whoever sends it adds that it is late,
if it is."""


async def _plan_nothing(_tx: Transaction, _now: datetime) -> None:
    """Plan nothing at the start: whoever makes something of this kind plans its reminders."""


async def _has_not_moved(_tx: Transaction) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A kind of thing that people are reminded of, declared by the capability that owns it.

    `kind` is what the subjects of its reminders begin with, up to a colon and a number: «session:12»; or all of it.
    """

    kind: str
    compose: Compose
    name: Callable[[Transaction, Reminder], Awaitable[Span | None]]
    """What a reminder was about, in one line; None for what takes place no more."""
    kinds: Mapping[str, Span] = field(default_factory=dict[str, Span])
    """What people choose to be reminded of, or not: what each is called, by what `mute_of` takes."""
    plan: Callable[[Transaction, datetime], Awaitable[None]] = _plan_nothing
    """Plan what is not planned yet: called at the start, and each time that something `has_moved`."""
    has_moved: Callable[[Transaction], Awaitable[bool]] = _has_not_moved
    """Whether something takes place at another time than was planned for, whoever moved it; writes nothing."""
    of_its_day: bool = True
    """Whether a day later is too late: then it is not put off for who had two messages today, and does not count."""


def kind_of(subject: str) -> str:
    """The kind of a subject: what stands before its colon."""
    return subject.partition(":")[0]


def number_of(subject: str) -> int:
    """The id in a subject; 0 for a subject that has none."""
    return int(subject.partition(":")[2] or 0)


def day_subject(day: date) -> str:
    """The subject of what a day holds, told on its eve."""
    return f"{DAY}:{day.isoformat()}"


def mute_of(kind: str) -> str:
    """What someone mutes who wants no reminders of a kind."""
    return f"kind:{kind}"


def rank(reminder: Reminder) -> int:
    """Its rank in the outbox: a day or more ahead it leaves nobody without sleep, unless they asked for it."""
    ahead = reminder.lead.days > 0 or timedelta(minutes=reminder.lead.minutes) >= timedelta(days=1)
    return BULK if ahead and reminder.participant_id is None else USUAL


# --- what is configured


@dataclass(frozen=True, slots=True)
class Configured:
    """How long before people are reminded, where the rules that know no configuration find it.

    `leads` are by the kind of what takes place. `eve` is how long before a day begins people read what it holds, None
    for never; `asked` are the kinds that people are reminded of only where they ask.
    """

    zone: str
    leads: Mapping[str, tuple[Lead, ...]]
    eve: Lead | None
    asked: frozenset[str]

    def leads_of(self, kind: str) -> tuple[Lead, ...]:
        """How long before something of a kind people are reminded of it."""
        return self.leads.get(kind, ())


async def configure(tx: Transaction, configured: Configured) -> None:
    """Keep what is configured, for `configured`."""
    kept = {
        "zone": configured.zone,
        "kinds": {kind: [lead.encode() for lead in leads] for kind, leads in configured.leads.items()},
        "eve": configured.eve.encode() if configured.eve else None,
        "asked": sorted(configured.asked),
    }
    await setting_store.put(tx, _CONFIGURED, json.dumps(kept))


async def configured(tx: Transaction) -> Configured:
    """As configured at the last start; no lead for anything before the first."""
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
    """Plan the reminders of a subject that takes place at an instant; those for another time or lead go.

    What people asked for themselves moves along, or goes where its time would have passed.
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
    """Plan no more reminders of a subject, those people asked for included, and let none leave that waits for it."""
    await reminder_store.remove(tx, [reminder.id for reminder in await reminder_store.planned(tx, subject)])
    await reminder_store.call_back(tx, subject)


async def schedule_day(tx: Transaction, at: datetime, now: datetime) -> None:
    """Something takes place at an instant: on the eve of that day people read what it holds, if it still holds it."""
    known = await configured(tx)
    zone = ZoneInfo(known.zone)
    day = at.astimezone(zone).date()
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    await schedule(tx, day_subject(day), begins, known.zone, (known.eve,) if known.eve else (), now)
