"""Stores whether somebody deleted the channel in which messages to many are sent once, for everybody to read."""

from __future__ import annotations

from bot.config import setting_store
from bot.database.engine import Transaction

_GONE = "discord_channel_gone"
"""The key of the setting that holds the native id of the deleted channel."""


async def note_channel(tx: Transaction, chat: str, *, there: bool) -> None:
    """Store whether the shared channel with the platform's id `chat` exists; if `there` is False, it was deleted."""
    gone = await setting_store.get(tx, _GONE)
    if there and gone == chat:
        await setting_store.put(tx, _GONE, "")
    elif not there and gone != chat:
        await setting_store.put(tx, _GONE, chat)


async def channel_is_gone(tx: Transaction, chat: str) -> bool:
    """Return whether the shared channel with the platform's id `chat` was deleted."""
    return await setting_store.get(tx, _GONE) == chat
