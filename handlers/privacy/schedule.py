"""Warns organisers before a purpose of stored data ends, and then ends it.

Organisers are warned two weeks and two days before an end. The purpose ends only when each warning is that old: later
than planned if the program was down, the date was set late or the clock was wrong. If the announced end and the present
one differ, the later one counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.background.reminding import Subject
from bot.background.scheduling import Released, Source
from bot.clock import from_micros, to_micros
from bot.config import purpose_store, setting_store
from bot.config.purpose_store import CLOCK_WAS_WRONG
from bot.config.purposes import TAKING_PART, Purpose
from bot.config.settings import Settings
from bot.content.entry_points import EntryPoint, buttons_to
from bot.content.texts import Moment, Strong, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import participant_store
from handlers.privacy import store
from handlers.privacy.messages import whom_lines
from handlers.privacy.model import LEADS
from handlers.privacy.organiser import DATES

_WARNED = "purpose_warned."


@dataclass(frozen=True, slots=True)
class _Plan:
    """The end that was announced to organisers (None: none), and when each warning was sent, by its lead in days."""

    end: datetime | None = None
    warned: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Step:
    """The next warning, with its lead (None: it is the end), when it is due, and the end that counts then."""

    due: datetime
    purpose: Purpose
    plan: _Plan
    end: datetime
    lead: timedelta | None


class Ends:
    """Warns organisers of the ends of purposes of data, and ends these purposes; the ticker calls it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing, because there are no rows to prepare."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the next warning or end is due; None if no purpose that is not over holds anybody's data."""
        step = await self._next(tx, now)
        return step.due if step else None

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Send one warning or end one purpose if that is due.

        Returns how many organisers were warned; None if nothing is due.
        """
        step = await self._next(tx, now)
        if step is None or step.due > now:
            return None
        if step.lead is None:
            await purpose_store.set_over(tx, step.purpose.key, step.end)
            await setting_store.put(tx, _WARNED + step.purpose.key, "")
            return Released()
        end = max(step.end, now + step.lead)
        await _keep(tx, step.purpose, end, {**step.plan.warned, step.lead.days: now})
        return Released(await self._warn(tx, step.purpose, end, now))

    async def _next(self, tx: Transaction, now: datetime) -> _Step | None:
        held = await purpose_store.agreed(tx)
        if await participant_store.has_anyone(tx):
            held.add(TAKING_PART)
        running = await purpose_store.running(tx, self._settings, now) if held else ()
        steps = [await _toward(tx, purpose, end, now) for purpose, end in running if purpose.key in held]
        return min(steps, key=lambda step: step.due, default=None)

    async def _warn(self, tx: Transaction, purpose: Purpose, end: datetime, now: datetime) -> int:
        """Tell every organiser, also those who stopped all messages, as this cannot be undone; returns how many."""
        day = Moment(end - timedelta(minutes=1), "datetime")
        concerned = await store.concerned(tx, self._settings, purpose, end, now)
        view = View(
            (
                Strong(
                    _("On {date}, what was kept for «{purpose}» is erased by itself.", date=day, purpose=purpose.words)
                ),
                *whom_lines(concerned),
                _("Nobody can undo this. Take along until then what is to stay: the results can be had as files."),
            ),
            (*buttons_to(EntryPoint.RESULTS), DATES),
        )
        told = 0
        for organiser in await participant_store.organisers(tx):
            told += await outbox.notify(tx, organiser, view, now, outbox.Telling.ANSWER)
        return told


def sources(settings: Settings, _subjects: Mapping[str, Subject]) -> Sequence[Source]:
    """Return the source that tells the ticker about the ends of purposes."""
    return (Ends(settings),)


async def _toward(tx: Transaction, purpose: Purpose, end: datetime, now: datetime) -> _Step:
    """Return the next step toward the end of a purpose, which is `end` unless a later one was announced."""
    plan = await _plan(tx, purpose)
    if any(at > now + CLOCK_WAS_WRONG for at in plan.warned.values()) or plan.end is None or plan.end < end:
        plan = _Plan()  # moved to a later day, which is announced anew, or announced while the clock was wrong
    end = plan.end or end
    lead = next((lead for lead in LEADS if lead.days not in plan.warned), None)
    return _Step(end - (lead or timedelta()), purpose, plan, end, lead)


async def _plan(tx: Transaction, purpose: Purpose) -> _Plan:
    kept = await setting_store.get(tx, _WARNED + purpose.key)
    if not kept:
        return _Plan()
    end, warned = json.loads(kept)
    return _Plan(from_micros(end), {int(days): from_micros(at) for days, at in warned.items()})


async def _keep(tx: Transaction, purpose: Purpose, end: datetime, warned: Mapping[int, datetime]) -> None:
    kept = [to_micros(end), {str(days): to_micros(at) for days, at in warned.items()}]
    await setting_store.put(tx, _WARNED + purpose.key, json.dumps(kept))
