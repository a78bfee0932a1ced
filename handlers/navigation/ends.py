"""Computes when a purpose of stored data ends, which depends on when the organisers were warned of the end.

Organisers are warned once two weeks before an end and once two days before it. The end waits until each warning was
sent that long ago: it is later if the program was down, the date was set late, nobody could be warned or the clock was
wrong. If the announced end and the present one differ, the later one counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import from_micros, to_micros
from bot.config import purpose_store, setting_store
from bot.config.purpose_store import CLOCK_WAS_WRONG
from bot.config.purposes import Purpose
from bot.config.settings import Settings
from bot.database.engine import Transaction

LEADS: tuple[timedelta, ...] = (timedelta(days=14), timedelta(days=2))
"""How long before an end organisers are warned; data are erased only once each warning is that old."""
_WARNED = "purpose_warned."


@dataclass(frozen=True, slots=True)
class PlannedEnd:
    """When a purpose for which data are kept ends, and when the organisers were warned of the end.

    `warned` holds the time of each warning that was sent, by the number of days before the end.
    """

    end: datetime
    warned: Mapping[int, datetime] = field(default_factory=dict)

    @property
    def lead(self) -> timedelta | None:
        """How long before the end the next warning is due; None if all warnings were sent."""
        return next((lead for lead in LEADS if lead.days not in self.warned), None)


async def plan_of(tx: Transaction, purpose: Purpose, end: datetime, now: datetime) -> PlannedEnd:
    """Return when a purpose of stored data ends, and which warnings of its end were sent.

    The purpose ends at `end` unless a later end was announced.
    """
    kept = await setting_store.get(tx, _WARNED + purpose.key)
    announced, sent = json.loads(kept) if kept else (to_micros(end), {})
    plan = PlannedEnd(from_micros(announced), {int(days): from_micros(at) for days, at in sent.items()})
    if plan.end < end or any(at > now + CLOCK_WAS_WRONG for at in plan.warned.values()):
        return PlannedEnd(end)  # moved to a later day, which is announced anew, or announced while the clock was wrong
    return plan


async def keep_plan(tx: Transaction, purpose: Purpose, plan: PlannedEnd | None) -> None:
    """Store when a purpose of stored data ends, and which warnings of its end were sent.

    `plan` is None once the purpose is over; what was stored about its end is then deleted.
    """
    warned = {str(days): to_micros(at) for days, at in plan.warned.items()} if plan else {}
    await setting_store.put(tx, _WARNED + purpose.key, json.dumps([to_micros(plan.end), warned]) if plan else "")


async def effective_end(tx: Transaction, settings: Settings, purpose: Purpose, now: datetime) -> datetime:
    """Return the instant (aware, UTC) at which a purpose of stored data ends.

    This is later than planned if organisers were not warned early enough.
    """
    plan = await plan_of(tx, purpose, await purpose_store.end_of(tx, settings, purpose), now)
    return max(plan.end, now + plan.lead) if plan.lead else plan.end


async def running(tx: Transaction, settings: Settings, now: datetime) -> Sequence[tuple[Purpose, datetime]]:
    """Return the purposes of stored data that have not ended, each with the instant (UTC) at which it will end."""
    purposes = [purpose for purpose, _end in await purpose_store.running(tx, settings, now)]
    return [(purpose, await effective_end(tx, settings, purpose, now)) for purpose in purposes]
