"""Stores whether new ideas show their authors' names."""

from __future__ import annotations

from bot.config import setting_store
from bot.database.engine import Transaction

_UNNAMED = "ideas_unnamed"  # key of a stored setting


async def unnamed_by_default(tx: Transaction) -> bool:
    """Return whether new ideas show no name unless their author wants to be named."""
    return await setting_store.get(tx, _UNNAMED) == "1"


async def set_unnamed_by_default(tx: Transaction, unnamed: bool) -> bool:
    """Store the default for new ideas: with `unnamed` they show no name unless their author wants to be named.

    Returns False if this was the default already.
    """
    if unnamed == await unnamed_by_default(tx):
        return False
    await setting_store.put(tx, _UNNAMED, "1" if unnamed else "0")
    return True
