"""Calls for help that nobody answered go to the organisers at their time."""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.database.engine import Transaction
from handlers.workshops import call_store
from handlers.workshops import calls as calling


class CallClock:
    """A `bot.background.scheduling.Source`: the calls that wait. A row holds when, so a restart changes nothing."""

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Nothing: what became due while the program was down is released at once."""

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """When the next call goes to the organisers."""
        return await call_store.next_escalation(tx)

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Tell them of the call that has waited longest."""
        call = await call_store.first_unanswered(tx, now)
        if call is None:
            return None
        await calling.escalate(tx, call, now)
        return Released(1)
