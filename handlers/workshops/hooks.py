"""Hooks by which workshops ask the capabilities «ideas» and «syntheses», which are built on top of workshops.

Workshops cannot import these. Without them, there is nothing to vote for and nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.content.hooks import hook
from bot.content.texts import Span
from bot.content.views import Choice
from bot.database.engine import Transaction
from handlers.workshops.model import Phase, PhaseRun


@hook
async def starting_point(tx: Transaction, group_id: int, phase: Phase) -> Span | None:
    """Return the text of an earlier phase that a group continues in this phase; None if there is none."""
    return None


@hook
async def is_unwritten(tx: Transaction, group_id: int, phase: Phase) -> bool:
    """Return whether a group's result of a phase is still missing, or incomplete."""
    return False


@hook
async def unwritten_runs(tx: Transaction, round_number: int) -> Collection[int]:
    """Return the ids of the runs (one phase in one group each) of a round (day) whose result is not written yet."""
    return ()


@hook
async def what_is_written(tx: Transaction, group_id: int, phase: Phase, over: bool) -> Sequence[Span]:
    """Return a few lines with what a group has written in a phase; if nothing, one line says so.

    Once the gathering is `over`, that line says what the group voted for instead; there is none without votes.
    """
    return ()


@hook
async def ballot(tx: Transaction, run: PhaseRun, votes: int) -> Choice | None:
    """Return the choice of ideas to vote for in a run (one phase in one group); None if there are no ideas.

    Each member of the group has `votes` votes.
    """
    return None
