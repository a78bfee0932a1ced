"""The hook by which other capabilities add buttons to the message for a person who gets another group."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import Button
from bot.database.engine import Transaction
from handlers.groups.model import Group


@hook
async def left_behind(tx: Transaction, participant_id: int, left: Group | None) -> tuple[Button, ...]:
    """Return the buttons that let a person take along something from their former group to the group they just got.

    `left` is the former group, None if the person had none.
    """
    return ()
