"""The hook by which capabilities above say what they may have taken wrongly."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import Reply
from bot.conversation.routes import Request


@hook
async def taken_wrongly(request: Request) -> Reply | None:
    """Return a question about what was just taken from the person, with buttons to undo it; None for nothing."""
    return None
