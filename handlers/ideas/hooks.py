"""The hook with which other capabilities offer to move an idea into the form that its group fills in."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import Choice
from handlers.workshops.model import Idea


@hook
async def boxes(idea: Idea) -> Choice | None:
    """Return the choice between the boxes of the group's form, to one of which a new idea can be moved.

    Returns None in phases in which groups fill no boxes.
    """
    return None
