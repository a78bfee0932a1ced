"""What workshops ask of the capability that keeps what phases leave behind, which stands above them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.content.hooks import hook
from bot.content.texts import Span
from bot.database.engine import Transaction
from handlers.workshops.model import Phase


@hook
async def starting_point(tx: Transaction, group_id: int, phase: Phase) -> Span | None:
    """The text that a phase starts from, which the group wrote in an earlier one; None where there is none."""
    return None


@hook
async def is_unwritten(tx: Transaction, group_id: int, phase: Phase) -> bool:
    """Whether a group has not written all of what a phase is to leave behind."""
    return False


@hook
async def unwritten_runs(tx: Transaction, round_number: int) -> Collection[int]:
    """The runs, by id, of all groups of a round of which `is_unwritten` holds."""
    return ()


@hook
async def what_is_written(tx: Transaction, group_id: int, phase: Phase) -> Sequence[Span]:
    """What a group has written in a phase, in a few lines; a line that says so where that is nothing."""
    return ()
