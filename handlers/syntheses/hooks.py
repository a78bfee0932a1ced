"""What syntheses ask of capabilities above them: where else a group's solution could travel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.hooks import collecting_hook
from bot.content.texts import Span
from bot.database.engine import Transaction


@dataclass(frozen=True, slots=True)
class NeededToo:
    """What somebody who takes part says of a group's solution: it is needed in their `territory` (a code) too.

    `name` is their first name and initial, `offer` how they could help, '' for nothing; both by reference.
    """

    territory: str
    name: Span
    offer: Span


@collecting_hook
async def needed_too(tx: Transaction, group_id: int) -> Sequence[NeededToo]:
    """Return where else a group's solution is needed. Capabilities add theirs; people who left are in none."""
    return ()
