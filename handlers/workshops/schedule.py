"""The time of phases: who is in one is warned before its end, once, and told when it is over.

Both are rows, so a restart changes nothing. What fell due during an outage is done late: a phase whose end passed then
ends without a warning.
"""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.database.engine import Transaction
from handlers.workshops import run_store, service

_SLICE = 10
"""Groups told in one transaction."""


class PhaseClock:
    """What the ticker releases at the next warning or end; `votes` are those a person has in a phase."""

    def __init__(self, votes: int) -> None:
        self._votes = votes

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Nothing to put in order: what ended while nobody looked is due."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """When the first phase ends or is warned of; writes nothing."""
        return await run_store.next_due(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """End what is over, then warn, a slice of the groups at a time; None once nothing is due."""
        if over := await run_store.due_ends(tx, now, _SLICE):
            for run in over:
                await service.end(tx, run, now, at=run.ends_at)
            return Released(len(over))
        if soon := await run_store.due_warnings(tx, now, _SLICE):
            for run in soon:
                await service.warn(tx, run, now, self._votes)
            return Released(len(soon))
        return None
