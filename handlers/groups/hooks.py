"""The hook by which other capabilities add buttons to the message that tells a participant their new group."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import Button
from bot.database.engine import Transaction
from handlers.groups.model import Group


@hook
async def left_behind(tx: Transaction, participant_id: int, left: Group | None) -> tuple[Button, ...]:
    """Return buttons for a participant who just got another group, to take along something from the former group.

    `left` is the former group, None if the participant had none. Other capabilities implement this hook; by default
    there are no buttons.
    """
    return ()
