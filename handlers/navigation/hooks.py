"""The hook by which higher capabilities ask whether they took a person's last words or press by mistake."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import Reply
from bot.conversation.routes import Request


@hook
async def taken_wrongly(request: Request) -> Reply | None:
    """Return a reply that asks whether the bot misunderstood the person's last words or press, with buttons to undo it.

    Returns None if the bot has taken nothing from the person lately.
    """
    return None
