"""Channels that everybody reads: whether somebody deleted the one in which announcements are made."""

from __future__ import annotations

from bot.config import setting_store
from bot.database.engine import Transaction

_GONE = "discord_channel_gone"
"""The setting that says which channel was deleted."""


async def note_channel(tx: Transaction, chat: str, *, there: bool) -> None:
    """Note that a channel was deleted, or is there after all."""
    gone = await setting_store.get(tx, _GONE)
    if there and gone == chat:
        await setting_store.put(tx, _GONE, "")
    elif not there and gone != chat:
        await setting_store.put(tx, _GONE, chat)


async def channel_is_gone(tx: Transaction, chat: str) -> bool:
    """Whether somebody deleted a channel."""
    return await setting_store.get(tx, _GONE) == chat
