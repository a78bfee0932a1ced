"""The hook by which capabilities above ideas say where else than among the ideas a sentence could go."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import Choice
from handlers.workshops.model import Idea


@hook
async def boxes(idea: Idea) -> Choice | None:
    """Return the choice of the box into which an idea goes that was given where a group fills boxes; None for none."""
    return None
