"""Updates the clocks of plenaries while they run, and ends those that nobody ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.background.scheduling import Released
from bot.config.gathering import GatheringSettings
from bot.database.engine import Transaction
from handlers.plenary.model.turns import Plenary
from handlers.plenary.service.conducting import store_step, tick
from handlers.plenary.store.plenaries import due_tick, find_state, next_tick, running_plenaries


class StageClock:
    """The source (`bot.background.scheduling.Source`) that updates clocks on stage every ten seconds.

    Clocks are computed from stored instants, so a late or missed update only affects what is shown meanwhile. After the
    last day of the gathering it ends plenaries that were left open: their cards would keep buttons for ever. One that
    began only then is the team's to end, because the gathering went on longer than it was configured.
    """

    def __init__(self, gathering: GatheringSettings) -> None:
        self._over_at = datetime.combine(gathering.ends + timedelta(days=1), time(), ZoneInfo(gathering.zone))

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: an update that was due while the program was down is still due."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the next clock is due for an update, or a plenary is to end; None if no plenary is running."""
        due = await next_tick(tx)
        if due is None and await self._to_end(tx):
            return self._over_at
        return due

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Update the clocks of one plenary or end it, and return what was done; None if nothing is due."""
        for plenary in await self._to_end(tx) if now >= self._over_at else ():
            state = await find_state(tx, plenary.id)
            assert state is not None, "a plenary that runs is stored"
            ended = state.end(now)
            turns = [replace(turn, state="absent") if turn in ended.waiting else turn for turn in ended.turns]
            await store_step(tx, state, replace(ended, turns=tuple(turns)), now)  # no other session is to come
            return Released()
        plenary_id = await due_tick(tx, now)
        if plenary_id is None:
            return None
        state = await find_state(tx, plenary_id)
        assert state is not None, "a plenary whose clock is due is stored"
        await tick(tx, state, now)
        return Released()

    async def _to_end(self, tx: Transaction) -> Sequence[Plenary]:
        """Return the plenaries that run, except those that began after the last day."""
        running = await running_plenaries(tx)
        return [plenary for plenary in running if plenary.began_at and plenary.began_at < self._over_at]
