"""The hook by which registration asks other capabilities for the address at which the gathering takes place."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.database.engine import Transaction


@hook
async def gathering_address(tx: Transaction) -> str:
    """Return the gathering's address as people read it; '' if no capability knows it."""
    return ""
