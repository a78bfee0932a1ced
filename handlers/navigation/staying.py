"""Keeps organisers from adding people who would be erased at once."""

from __future__ import annotations

from bot.config import purpose_store
from bot.conversation.routes import Request


async def must_stay(request: Request) -> None:
    """Raise UserError if data for taking part are no longer kept, because anybody added now would be erased at once."""
    await purpose_store.must_stay(request.tx, request.settings, request.now)
