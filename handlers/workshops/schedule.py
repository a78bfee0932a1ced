"""What becomes due in workshops: the warning before the end of a phase, its end, and calls that nobody answered."""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.database.engine import Transaction
from handlers.workshops import store
from handlers.workshops.service import calls, phases

_SLICE = 10
"""How many groups are notified in one transaction."""


class PhaseClock:
    """The `bot.background.scheduling.Source` of warnings and ends of phases.

    `votes` is how many votes a person has in a phase.
    """

    def __init__(self, votes: int) -> None:
        self._votes = votes

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: phases that ended while the program was down are still due."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the next phase ends or is to be warned of; None where no phase runs."""
        return await store.next_phase_due(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """End phases whose time is over, else send warnings, for at most `_SLICE` groups. None once nothing is due."""
        if over := await store.due_ends(tx, now, _SLICE):
            for run in over:
                await phases.end_phase(tx, run, now, at=run.ends_at)
            return Released(len(over))
        if soon := await store.due_warnings(tx, now, _SLICE):
            for run in soon:
                await phases.warn_of_end(tx, run, now, self._votes)
            return Released(len(soon))
        return None


# --- Calls for help that nobody answered in time go to the organisers.


class CallClock:
    """The `bot.background.scheduling.Source` of calls that wait for an answer.

    The time is stored with each call, so a restart changes nothing.
    """

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing: calls that became due while the program was down are released at once."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the next call goes to the organisers; None where no call waits."""
        return await store.next_escalation(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Notify the organisers of the call that has waited longest. None once no call is due."""
        call = await store.first_unanswered_call(tx, now)
        if call is None:
            return None
        await calls.escalate_call(tx, call, now)
        return Released(1)
