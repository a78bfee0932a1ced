"""Reminders planned: a row for each lead of each session, of the theme deadline, of a campaign's deadline.

    await reminding.schedule(tx, "campaign:3", deadline, gathering.zone, leads, now)
    await reminding.unschedule(tx, "campaign:3")

What is planned again for the same time changes nothing, also where it was sent; for another time it moves. A lead whose
time passed already is left out. Whom a reminder is for is decided when it is due: who joins later gets what is to come.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.config import Settings
from bot.delivery.reminders import call_back
from bot.domain.reminders import THEMES, Lead, parse_lead, session_subject, until
from bot.domain.sessions import Session
from bot.storage import reminders, sessions
from bot.storage import settings as stored
from bot.storage.engine import Transaction

_LEADS = "reminder_leads"
_PLANNED_FOR = "reminders_planned_for"


@dataclass(frozen=True, slots=True)
class _Leads:
    """What is configured, where the rules that know no configuration find it."""

    zone: str
    kinds: Mapping[str, tuple[Lead, ...]]
    themes: tuple[Lead, ...]


async def schedule(
    tx: Transaction, subject: str, at: datetime, zone: str, leads: Iterable[Lead], now: datetime
) -> None:
    """Plan the reminders of a subject that takes place at an instant; those for another time or lead go.

    What people asked for themselves moves along, or goes where its time would have passed.
    """
    wanted = {lead: lead.before(at, zone) for lead in leads}
    gone: list[int] = []
    moved: list[tuple[int, datetime, datetime]] = []
    for each in await reminders.planned(tx, subject):
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
    await reminders.remove(tx, gone)
    await reminders.move(tx, moved)
    await reminders.add(tx, subject, at, [(lead, due) for lead, due in wanted.items() if due > now])


async def unschedule(tx: Transaction, subject: str) -> None:
    """Plan no more reminders of a subject, those people asked for included, and let none leave that waits for it."""
    await reminders.remove(tx, [each.id for each in await reminders.planned(tx, subject)])
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
        leads = (await _leads(tx)).kinds[plan.kind]
        await schedule(tx, subject, plan.starts, plan.zone, leads, now)


async def follow_deadline(tx: Transaction, now: datetime) -> None:
    """Bring the reminders of the theme deadline in step with it."""
    deadline = await stored.theme_deadline(tx)
    if await deadline_has_moved(tx):
        await call_back(tx, THEMES)
    if deadline is None:
        await unschedule(tx, THEMES)
    else:
        known = await _leads(tx)
        await schedule(tx, THEMES, deadline, known.zone, known.themes, now)
    await stored.put(tx, _PLANNED_FOR, await stored.get(tx, stored.THEME_DEADLINE) or "")


async def follow_all(tx: Transaction, settings: Settings, now: datetime) -> None:
    """At the start: keep what is configured, and plan what is not planned yet. What waits for its time still does."""
    configured = settings.reminders
    words = {kind: [lead.encode() for lead in leads] for kind, leads in configured.leads_by_kind.items()}
    themes = [lead.encode() for lead in configured.themes]
    await stored.put(tx, _LEADS, json.dumps([settings.gathering.zone, words, themes]))
    for session in await sessions.all_sessions(tx):
        if session.plan.ends > now:
            await follow(tx, session, now)
    await follow_deadline(tx, now)


async def deadline_has_moved(tx: Transaction) -> bool:
    """Whether the theme deadline is another than the one planned for, whoever moved it."""
    return (await stored.get(tx, stored.THEME_DEADLINE) or "") != (await stored.get(tx, _PLANNED_FOR) or "")


async def remind_again(tx: Transaction, subject: str, about: datetime, participant_id: int, due: datetime) -> None:
    """Remind one person once more, at an instant; it takes the place of what they asked for before."""
    await reminders.forget_personal(tx, subject, participant_id)
    await reminders.add_personal(tx, subject, about, [(participant_id, until(about, due), due)])


async def _leads(tx: Transaction) -> _Leads:
    """As configured at the last start."""
    kept = await stored.get(tx, _LEADS)
    if kept is None:
        defaults = Settings()
        return _Leads(defaults.gathering.zone, defaults.reminders.leads_by_kind, defaults.reminders.themes)
    zone, kinds, themes = json.loads(kept)
    return _Leads(
        zone,
        {kind: tuple(parse_lead(word) for word in words) for kind, words in kinds.items()},
        tuple(parse_lead(word) for word in themes),
    )
