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
    """Return the text that a group wrote in an earlier phase and continues in this one; None if there is none."""
    return None


@hook
async def is_unwritten(tx: Transaction, group_id: int, phase: Phase) -> bool:
    """Return whether a group has not written its result of a phase yet, or only a part of it."""
    return False


@hook
async def unwritten_runs(tx: Transaction, round_number: int) -> Collection[int]:
    """Return the ids of the runs (one phase in one group each) of a round (day) whose result is not written yet."""
    return ()


@hook
async def what_is_written(tx: Transaction, group_id: int, phase: Phase) -> Sequence[Span]:
    """Return a few lines with what a group has written in a phase, or one line saying that it has written nothing."""
    return ()


@hook
async def ballot(tx: Transaction, run: PhaseRun, votes: int) -> Choice | None:
    """Return the choice of ideas for which each member of a run's group has `votes` votes; None if there are no ideas.

    A run is one phase in one group.
    """
    return None
