"""Erases everything about people at the end of the retention period, after warning the organisers.

Data are kept until the end of the day `retention_ends` of the configuration. Organisers are warned once two weeks
before the end and once two days before it. The erasure waits until each warning was sent that long ago: the end is
later if the program was down, the date was set late or the clock was wrong. If the announced end and the configured end
differ, the later one counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.background.scheduling import Released
from bot.clock import from_micros, to_micros
from bot.config import setting_store
from bot.config.settings import Settings
from bot.content.entry_points import EntryPoint, buttons_to
from bot.content.texts import Moment, Strong, _
from bot.content.views import View
from bot.conversation.after_erasure import CLOCK_WAS_WRONG, ERASED_FOR, end_of, is_over
from bot.database.engine import Transaction
from bot.delivery import channel_store, outbox
from bot.membership import erasure_store
from bot.membership.erasure_store import EVERYONE, Erasure
from bot.people import participant_store
from bot.people.declared import Declared

LEADS: tuple[timedelta, ...] = (timedelta(days=14), timedelta(days=2))
"""How long before the erasure organisers are warned. Each warning must be at least that old before data are erased."""
_PLAN = "retention_plan"


@dataclass(frozen=True, slots=True)
class _Plan:
    """The end that was announced to organisers (None: none), and when each warning was sent, by its lead in days."""

    end: datetime | None = None
    warned: Mapping[int, datetime] = field(default_factory=dict)


class Retention:
    """Warns organisers, then erases all personal data at the end; a `Source` of due events of `bot.background`."""

    def __init__(self, settings: Settings, declared: Declared) -> None:
        self._settings = settings
        self._declared = declared

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing, because there are no rows to prepare."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the next warning or the erasure is due; None if it was done or nobody is stored."""
        if await is_over(tx, self._settings, now) or not await participant_store.has_anyone(tx):
            return None
        plan, end = await self._standing(tx, now)
        lead = _next_lead(plan)
        return end if lead is None else end - lead

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Send one warning or erase everything, if that is due.

        Returns how many organisers were warned; None if not due.
        """
        due = await self.next_due(tx, now)
        if due is None or due > now:
            return None
        plan, end = await self._standing(tx, now)
        lead = _next_lead(plan)
        if lead is None:
            await erase_everyone(tx, self._declared, now, end)
            return Released(0)
        end = max(end, now + lead)
        await _keep(tx, _Plan(end, {**plan.warned, lead.days: now}))
        return Released(await _warn(tx, end, now))

    async def _standing(self, tx: Transaction, now: datetime) -> tuple[_Plan, datetime]:
        """Return the announced plan, empty where it does not apply any more, and the end that counts."""
        plan, configured = await _plan(tx), end_of(self._settings.gathering)
        if any(at > now + CLOCK_WAS_WRONG for at in plan.warned.values()):
            plan = _Plan()
        if plan.end is None or plan.end < configured:
            return _Plan(), configured  # moved to a later day: that one is announced anew
        return plan, plan.end


async def erase_everyone(tx: Transaction, declared: Declared, now: datetime, end: datetime) -> None:
    """Erase all personal data for good, also of organisers; the programme and the settings stay.

    `end` is the configured end of the retention period, which is stored as done. Call
    `bot.membership.erasure.finish_erasures` after the commit.
    """
    groups = await channel_store.groups_with_channels(tx)
    await erasure_store.delete_everyone(tx, declared, now)
    await outbox.refresh_channels(tx, groups, now)  # their places are closed
    await setting_store.put(tx, _PLAN, "")
    await setting_store.put(tx, ERASED_FOR, str(to_micros(end)))
    await erasure_store.record(tx, Erasure(EVERYONE, True, now, (EVERYONE,)))


def _next_lead(plan: _Plan) -> timedelta | None:
    return next((lead for lead in LEADS if lead.days not in plan.warned), None)


async def _warn(tx: Transaction, end: datetime, now: datetime) -> int:
    """Tell every organiser, also those who stopped all messages, because this cannot be undone; returns how many."""
    view = View(
        (
            Strong(
                _(
                    "On {date}, everything about people is erased by itself, the team included.",
                    date=Moment(end - timedelta(minutes=1), "datetime"),
                )
            ),
            _("Nobody can undo this. Take along until then what is to stay: the results can be had as files."),
            _("Whoever hosts the bot can set a later day: «retention_ends» in its configuration."),
        ),
        buttons_to(EntryPoint.RESULTS),
    )
    told = 0
    for organiser in await participant_store.organisers(tx):
        told += await outbox.notify(tx, organiser, view, now, outbox.Telling.ANSWER)
    return told


async def _plan(tx: Transaction) -> _Plan:
    kept = await setting_store.get(tx, _PLAN)
    if not kept:
        return _Plan()
    end, warned = json.loads(kept)
    return _Plan(from_micros(end), {int(days): from_micros(at) for days, at in warned.items()})


async def _keep(tx: Transaction, plan: _Plan) -> None:
    assert plan.end is not None
    warned = {str(days): to_micros(at) for days, at in plan.warned.items()}
    await setting_store.put(tx, _PLAN, json.dumps([to_micros(plan.end), warned]))
