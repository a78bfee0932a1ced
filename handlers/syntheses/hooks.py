"""The hook by which syntheses ask higher capabilities where else a group's solution is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.content.hooks import collecting_hook
from bot.content.texts import Span
from bot.database.engine import Transaction


@dataclass(frozen=True, slots=True)
class NeededToo:
    """A person's statement that a group's solution is needed in their `territory` (a code) too.

    `name` is their first name and initial, `offer` how they could help or ''. Messages store both by reference.
    """

    territory: str
    name: Span
    offer: Span


@collecting_hook
async def needed_too(tx: Transaction, group_id: int) -> Sequence[NeededToo]:
    """Return where else a group's solution is needed, from all capabilities, without people who left the gathering."""
    return ()
