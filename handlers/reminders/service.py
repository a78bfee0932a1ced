"""Reminders planned: a row for each lead of each session, first meeting and deadline, and one for the eve of each day.

    await reminding.schedule(tx, "campaign:3", deadline, gathering.zone, leads, now)
    await reminding.unschedule(tx, "campaign:3")

What is planned again for the same time changes nothing, also where it was sent; for another time it moves. A lead whose
time passed already is left out. Whom a reminder is for is decided when it is due: who joins later gets what is to come.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from bot.config import setting_store
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.groups import store as groups
from handlers.groups.model import Round
from handlers.programme import store as sessions
from handlers.programme.model import Session
from handlers.reminders import store
from handlers.reminders.enqueuing import call_back
from handlers.reminders.model import (
    THEMES,
    Lead,
    day_subject,
    meeting_subject,
    parse_lead,
    session_subject,
    until,
)
from handlers.reminders.settings import ReminderSettings

_CONFIGURED = "reminders_configured"
_PLANNED_FOR = "reminders_planned_for"
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Configured:
    """What is configured, where the rules that know no configuration find it.

    `eve` is how long before a day begins people read what it holds, None for never; `asked` are the kinds of session
    that people are reminded of only where they ask.
    """

    zone: str
    kinds: Mapping[str, tuple[Lead, ...]]
    themes: tuple[Lead, ...]
    eve: Lead | None
    asked: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Configured:
        """What config.toml says."""
        given = settings.of(ReminderSettings)
        eve = Lead(minutes=_DAY_MINUTES - given.eve.hour * 60 - given.eve.minute) if given.eve else None
        return cls(settings.gathering.zone, given.leads_by_kind, given.themes, eve, frozenset(given.asked))


async def schedule(
    tx: Transaction, subject: str, at: datetime, zone: str, leads: Iterable[Lead], now: datetime
) -> None:
    """Plan the reminders of a subject that takes place at an instant; those for another time or lead go.

    What people asked for themselves moves along, or goes where its time would have passed.
    """
    wanted = {lead: lead.before(at, zone) for lead in leads}
    gone: list[int] = []
    moved: list[tuple[int, datetime, datetime]] = []
    for each in await store.planned(tx, subject):
        if each.participant_id is None:
            due = wanted.get(each.lead) if each.about == at else None
        elif each.about == at:
            continue
        else:
            due = each.lead.before(at, zone)
            due = due if due > now else None
        if due is None:
            gone.append(each.id)
        elif (each.about, each.due) != (at, due):
            moved.append((each.id, at, due))
    await store.remove(tx, gone)
    await store.move(tx, moved)
    await store.add(tx, subject, at, [(lead, due) for lead, due in wanted.items() if due > now])


async def unschedule(tx: Transaction, subject: str) -> None:
    """Plan no more reminders of a subject, those people asked for included, and let none leave that waits for it."""
    await store.remove(tx, [each.id for each in await store.planned(tx, subject)])
    await call_back(tx, subject)


async def follow(tx: Transaction, session: Session, now: datetime, *, gone: bool = False, moved: bool = False) -> None:
    """Bring a session's reminders in step with it: it is new, changed, `moved` in time, cancelled, or `gone`."""
    subject = session_subject(session.id)
    plan = session.plan
    if moved:
        await call_back(tx, subject)  # what has not left names the old time
    if gone or plan.cancelled:
        await unschedule(tx, subject)
    else:
        known = await configured(tx)
        await schedule(tx, subject, plan.starts, plan.zone, known.kinds[plan.kind], now)
        await _follow_day(tx, plan.starts, known, now)


async def follow_meeting(tx: Transaction, round_: Round, now: datetime, *, moved: bool = False) -> None:
    """Bring the reminders of a round's first meeting in step with it: published, `moved`, or not known any more."""
    subject = meeting_subject(round_.number)
    if moved:
        await call_back(tx, subject)
    if round_.meets_at is None or not round_.published:
        await unschedule(tx, subject)
        return
    known = await configured(tx)
    await schedule(tx, subject, round_.meets_at, known.zone, known.kinds["workshop"], now)
    await _follow_day(tx, round_.meets_at, known, now)


async def _follow_day(tx: Transaction, at: datetime, known: Configured, now: datetime) -> None:
    """Something takes place at an instant: on the eve of that day people read what it holds, if it still holds it."""
    zone = ZoneInfo(known.zone)
    day = at.astimezone(zone).date()
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    await schedule(tx, day_subject(day), begins, known.zone, (known.eve,) if known.eve else (), now)


async def follow_deadline(tx: Transaction, now: datetime) -> None:
    """Bring the reminders of the theme deadline in step with it."""
    deadline = await setting_store.theme_deadline(tx)
    if await deadline_has_moved(tx):
        await call_back(tx, THEMES)
    if deadline is None:
        await unschedule(tx, THEMES)
    else:
        known = await configured(tx)
        await schedule(tx, THEMES, deadline, known.zone, known.themes, now)
    await setting_store.put(tx, _PLANNED_FOR, await setting_store.get(tx, setting_store.THEME_DEADLINE) or "")


async def follow_all(tx: Transaction, settings: Settings, now: datetime) -> None:
    """At the start: keep what is configured, and plan what is not planned yet. What waits for its time still does."""
    known = Configured.of(settings)
    kept = {
        "zone": known.zone,
        "kinds": {kind: [lead.encode() for lead in leads] for kind, leads in known.kinds.items()},
        "themes": [lead.encode() for lead in known.themes],
        "eve": known.eve.encode() if known.eve else None,
        "asked": sorted(known.asked),
    }
    await setting_store.put(tx, _CONFIGURED, json.dumps(kept))
    for round_ in await groups.rounds(tx):
        if round_.meets_at and round_.meets_at > now:
            await follow_meeting(tx, round_, now)
    for session in await sessions.all_sessions(tx):
        if session.plan.ends > now:
            await follow(tx, session, now)
    await follow_deadline(tx, now)


async def deadline_has_moved(tx: Transaction) -> bool:
    """Whether the theme deadline is another than the one planned for, whoever moved it."""
    return (await setting_store.get(tx, setting_store.THEME_DEADLINE) or "") != (
        await setting_store.get(tx, _PLANNED_FOR) or ""
    )


async def remind_again(tx: Transaction, subject: str, about: datetime, participant_id: int, due: datetime) -> None:
    """Remind one person once more, at an instant; it takes the place of what they asked for before."""
    await store.forget_personal(tx, subject, participant_id)
    await store.add_personal(tx, subject, about, [(participant_id, until(about, due), due)])


async def configured(tx: Transaction) -> Configured:
    """As configured at the last start."""
    kept = await setting_store.get(tx, _CONFIGURED)
    if kept is None:
        return Configured.of(Settings())
    found = json.loads(kept)
    return Configured(
        found["zone"],
        {kind: tuple(parse_lead(word) for word in words) for kind, words in found["kinds"].items()},
        tuple(parse_lead(word) for word in found["themes"]),
        parse_lead(found["eve"]) if found["eve"] else None,
        frozenset(found["asked"]),
    )
