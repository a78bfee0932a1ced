"""Updates the clocks of plenaries while they run."""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.database.engine import Transaction
from handlers.plenary.service.conducting import tick
from handlers.plenary.store.plenaries import due_tick, find_state, next_tick


class StageClock:
    """The source (`bot.background.scheduling.Source`) that updates clocks on stage every ten seconds.

    Clocks are computed from stored instants, so a late or missed update only affects what is shown meanwhile.
    """

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: an update that was due while the program was down is still due."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the next clock is due for an update; None if no plenary is running."""
        return await next_tick(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Update the clocks of one plenary, and return what was done; None if no clock is due."""
        plenary_id = await due_tick(tx, now)
        if plenary_id is None:
            return None
        state = await find_state(tx, plenary_id)
        assert state is not None, "a plenary whose clock is due is stored"
        await tick(tx, state, now)
        return Released()
