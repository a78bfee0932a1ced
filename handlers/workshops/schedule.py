"""Does what becomes due in workshops: warns before the end of a phase, ends it, passes on unanswered calls for help."""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.database.engine import Transaction
from handlers.workshops.service import calls, phases
from handlers.workshops.store import due
from handlers.workshops.store.calls import first_unanswered_call, next_escalation

_SLICE = 10
"""How many groups are notified in one transaction."""


class PhaseClock:
    """A source of due work (`bot.background.scheduling.Source`): warns of the end of phases, and ends them.

    `votes` is how many votes each person has in a phase; it decides who is warned.
    """

    def __init__(self, votes: int) -> None:
        self._votes = votes

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing when the program starts: phases that ended while it was down are still due."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return the time of the next end of a phase, or of the next warning; None if no phase is running."""
        return await due.next_phase_due(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """End phases whose time is over; if there are none, send due warnings. Handles a few groups at a time.

        Returns the number of these groups; None if nothing is due.
        """
        if over := await due.due_ends(tx, now, _SLICE):
            for run in over:
                await phases.end_phase(tx, run, now, at=run.ends_at)
            return Released(len(over))
        if soon := await due.due_warnings(tx, now, _SLICE):
            for run in soon:
                await phases.warn_of_end(tx, run, now, self._votes)
            return Released(len(soon))
        return None


# --- Calls for help that nobody answered in time go to the organisers.


class CallClock:
    """A source of due work (`bot.background.scheduling.Source`): passes unanswered calls for help to the organisers.

    The time is stored with each call, so restarting the program changes nothing.
    """

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Do nothing when the program starts: calls that became due while it was down are passed on at once."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return when the organisers must be notified of the next unanswered call; None if no call waits."""
        return await next_escalation(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Notify the organisers of the due call that has waited longest; None if no call is due."""
        call = await first_unanswered_call(tx, now)
        if call is None:
            return None
        await calls.escalate_call(tx, call, now)
        return Released(1)
