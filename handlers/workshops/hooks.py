"""The hooks through which workshops ask the capability «syntheses», which stands above, what groups have written."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.content.hooks import hook
from bot.content.texts import Span
from bot.database.engine import Transaction
from handlers.workshops.model import Phase


@hook
async def starting_point(tx: Transaction, group_id: int, phase: Phase) -> Span | None:
    """Return the text that a phase starts from, which the group wrote in an earlier phase; None where there is none."""
    return None


@hook
async def is_unwritten(tx: Transaction, group_id: int, phase: Phase) -> bool:
    """Return whether something that the group is to write in a phase is still missing."""
    return False


@hook
async def unwritten_runs(tx: Transaction, round_number: int) -> Collection[int]:
    """Return the ids of all runs in a round for which `is_unwritten` holds."""
    return ()


@hook
async def what_is_written(tx: Transaction, group_id: int, phase: Phase) -> Sequence[Span]:
    """Return a few lines with what a group has written in a phase, or one line saying that it has written nothing."""
    return ()
