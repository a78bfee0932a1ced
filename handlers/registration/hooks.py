"""The hook by which registration asks where the gathering takes place, which practical information says."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.database.engine import Transaction


@hook
async def gathering_address(tx: Transaction) -> str:
    """Return the gathering's address, as people read it; '' if nobody has said it yet."""
    return ""
