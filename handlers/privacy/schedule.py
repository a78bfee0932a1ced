"""Warns organisers before a purpose of stored data ends, and then ends it.

When that is, and why it may be later, is told in `handlers.navigation.ends`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.background.reminding import Subject
from bot.background.scheduling import Released, Source
from bot.config import purpose_store
from bot.config.purposes import TAKING_PART, Purpose
from bot.config.settings import Settings
from bot.content.entry_points import EntryPoint, buttons_to
from bot.content.roles import Who
from bot.content.texts import Moment, Strong, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import participant_store
from handlers.navigation.ends import PlannedEnd, keep_plan, plan_of
from handlers.privacy import store
from handlers.privacy.messages import whom_lines
from handlers.privacy.organiser import DATES

_TRY_AGAIN = timedelta(days=1)
"""How long an end is put off if no organiser can be warned of it."""


@dataclass(frozen=True, slots=True)
class _Step:
    """The next step toward the end of a purpose, with when it is due: a warning, or the end itself."""

    due: datetime
    purpose: Purpose
    plan: PlannedEnd


class Ends:
    """Warns organisers before purposes of stored data end, and ends the purposes.

    Its methods are called by the ticker, the loop that does what is due.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing, because there are no rows to prepare."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the next warning or end is due; None if no purpose that has not ended needs anybody's data."""
        step = await self._next(tx, now)
        return step.due if step else None

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Warn organisers once of the end of a purpose of stored data, or end the purpose, if that is due.

        Returns how many organisers were warned; None if nothing is due.
        """
        step = await self._next(tx, now)
        if step is None or step.due > now:
            return None
        plan, lead = step.plan, step.plan.lead
        if lead is None:
            await purpose_store.set_over(tx, step.purpose.key, plan.end)
            await keep_plan(tx, step.purpose, None)
            return Released()
        end = max(plan.end, now + lead)
        told, organisers = await self._warn(tx, step.purpose, end, now)
        if told or not organisers:
            await keep_plan(tx, step.purpose, PlannedEnd(end, {**plan.warned, lead.days: now}))
        else:
            await keep_plan(tx, step.purpose, PlannedEnd(now + lead + _TRY_AGAIN, plan.warned))
        return Released(told)

    async def _next(self, tx: Transaction, now: datetime) -> _Step | None:
        held = await purpose_store.agreed(tx)
        if await participant_store.has_anyone(tx):
            held.add(TAKING_PART)
        running = await purpose_store.running(tx, self._settings, now) if held else ()
        plans = [(purpose, await plan_of(tx, purpose, end, now)) for purpose, end in running if purpose.key in held]
        steps = [_Step(plan.end - (plan.lead or timedelta()), purpose, plan) for purpose, plan in plans]
        return min(steps, key=lambda step: step.due, default=None)

    async def _warn(self, tx: Transaction, purpose: Purpose, end: datetime, now: datetime) -> tuple[int, int]:
        """Tell every organiser, also those who stopped all messages, as this cannot be undone.

        Returns how many were told, and how many there are.
        """
        day = Moment(end - timedelta(minutes=1), "datetime")
        concerned = await store.concerned(tx, self._settings, purpose, end, now)
        view = View(
            (
                Strong(_("On {date}, what was kept for «{purpose}» will be erased.", date=day, purpose=purpose.words)),
                *whom_lines(concerned),
                _("Nobody can undo this. Save before then what you want to keep: you can get the results as files."),
            ),
            (*buttons_to(EntryPoint.RESULTS), DATES),
            who=Who.ORGANISER,
        )
        organisers = await participant_store.organisers(tx)
        told = [await outbox.notify(tx, each, view, now, outbox.Telling.ANSWER) for each in organisers]
        return sum(told), len(organisers)


def sources(settings: Settings, _subjects: Mapping[str, Subject]) -> Sequence[Source]:
    """Return the source that tells the ticker (the loop that does what is due) when purposes of data end.

    `_subjects`, the subjects of reminders, are for other sources.
    """
    return (Ends(settings),)
