"""The hook by which syntheses ask higher capabilities where else a group's solution is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.hooks import collecting_hook
from bot.content.texts import Span
from bot.database.engine import Transaction


@dataclass(frozen=True, slots=True)
class NeededToo:
    """A person's statement that a group's solution is also needed in their `territory` (a code).

    `name` is the person's first name and initial; `offer` is how the person could help, or ''. Messages store both by
    reference.
    """

    territory: str
    name: Span
    offer: Span


@collecting_hook
async def needed_too(tx: Transaction, group_id: int) -> Sequence[NeededToo]:
    """Return the statements of people in whose territory a group's solution is needed too, without people who left."""
    return ()
