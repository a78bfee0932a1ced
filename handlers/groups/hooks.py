"""Hooks by which capabilities above groups contribute to what a person reads who gets another group."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import Button
from bot.database.engine import Transaction
from handlers.groups.model import Group


@hook
async def left_behind(tx: Transaction, participant_id: int, left: Group | None) -> tuple[Button, ...]:
    """Return a button for each thing that a person can take along from their former group to the group they just got.

    `left` is the former group, None for none.
    """
    return ()
