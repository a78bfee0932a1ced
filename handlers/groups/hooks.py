"""What groups ask of the capabilities above them when they tell someone of another group."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import Button
from bot.database.engine import Transaction
from handlers.groups.model import Group


@hook
async def left_behind(tx: Transaction, participant_id: int, left: Group | None) -> tuple[Button, ...]:
    """What someone who has just been given another group can take along from where they were, a button each.

    `left` is the group they were in, None for none.
    """
    return ()
