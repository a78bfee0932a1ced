"""The time of phases and calls: a warning before the end, the end, and calls nobody answered."""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.database.engine import Transaction
from handlers.workshops import store
from handlers.workshops.service import calls, phases

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
        return await store.next_phase_due(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """End what is over, then warn, a slice of the groups at a time; None once nothing is due."""
        if over := await store.due_ends(tx, now, _SLICE):
            for run in over:
                await phases.end_phase(tx, run, now, at=run.ends_at)
            return Released(len(over))
        if soon := await store.due_warnings(tx, now, _SLICE):
            for run in soon:
                await phases.warn_of_end(tx, run, now, self._votes)
            return Released(len(soon))
        return None


# --- Calls for help that nobody answered go to the organisers at their time.


class CallClock:
    """A `bot.background.scheduling.Source`: the calls that wait. A row holds when, so a restart changes nothing."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Nothing: what became due while the program was down is released at once."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """When the next call goes to the organisers."""
        return await store.next_escalation(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Tell them of the call that has waited longest."""
        call = await store.first_unanswered_call(tx, now)
        if call is None:
            return None
        await calls.escalate_call(tx, call, now)
        return Released(1)
