"""The SQL of the progress of a round's groups (one day), phase by phase, for all groups together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import instant_or_none
from bot.database.engine import Transaction
from bot.database.records import record
from handlers.workshops.model import Phase

_OF_ROUND = "phase_runs r JOIN groups g ON g.id = r.group_id WHERE g.round = :round AND r.phase = h.key"
_UNTAKEN = (
    "calls c JOIN groups g ON g.id = c.group_id WHERE g.round = :round AND c.closed_at IS NULL AND c.taken_by IS NULL"
)
_PROGRESS = (
    "SELECT h.key, h.position, h.title, h.instruction, h.example, h.minutes, h.collects,"
    " (SELECT COUNT(*) FROM groups g WHERE g.round = :round) AS groups,"
    f" (SELECT COUNT(*) FROM {_OF_ROUND}) AS begun,"
    f" (SELECT COUNT(*) FROM {_OF_ROUND} AND r.state <> 'ended') AS open,"
    f" (SELECT MIN(r.ends_at) FROM {_OF_ROUND} AND r.state <> 'ended') AS ends_at,"
    f" (SELECT MAX(r.ended_at) FROM {_OF_ROUND}) AS ended_at,"
    " (SELECT COUNT(*) FROM groups g WHERE g.round = :round AND NOT EXISTS (SELECT 1 FROM phase_runs r"
    " WHERE r.group_id = g.id AND (r.phase = h.key OR r.state <> 'ended'))) AS to_start,"
    f" (SELECT COUNT(*) FROM {_UNTAKEN}) AS calls, (SELECT MIN(c.called_at) FROM {_UNTAKEN}) AS called"
    " FROM phases h ORDER BY h.position, h.key"
)


@dataclass(frozen=True, slots=True)
class PhaseProgress:
    """How far the groups of a round (one day) are with one phase: how many have begun it, are in it, or could begin it.

    `open` counts groups that are in the phase. `to_start` counts groups that have not had it and are in no other.
    `ends_at` is when the first of the running phases ends, None if none is running. `ended_at` is when the last one
    ended, None if none has.
    """

    phase: Phase
    begun: int
    open: int
    to_start: int
    ends_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """The progress of the groups of a round (one day), phase by phase.

    `groups` is the number of groups. `calls` is the number of open calls for help that nobody has taken; `called_at` is
    when the first of these calls was made, None without any.
    """

    groups: int
    phases: Sequence[PhaseProgress]
    calls: int
    called_at: datetime | None

    @property
    def over(self) -> bool:
        """Whether every group has had every phase; False if there are no groups."""
        return bool(self.groups) and all(phase.begun == self.groups and not phase.open for phase in self.phases)


async def progress(tx: Transaction, round_number: int) -> RoundProgress:
    """Return the progress of the groups of a round (one day); all numbers are 0 without groups.

    The result is cached for the database transaction.
    """

    async def read(tx: Transaction) -> RoundProgress:
        rows = await tx.all(_PROGRESS, round=round_number)
        if not rows:
            return RoundProgress(0, (), 0, None)
        phases = [record(PhaseProgress, row) for row in rows]
        return RoundProgress(rows[0]["groups"], phases, rows[0]["calls"], instant_or_none(rows[0]["called"]))

    return await tx.cached(f"progress:{round_number}", read)
