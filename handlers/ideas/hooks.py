"""The hook by which higher capabilities offer to move a sentence from the ideas to somewhere else."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import Choice
from handlers.workshops.model import Idea


@hook
async def boxes(idea: Idea) -> Choice | None:
    """Return the choice of a box in the group's form to which a new idea can be moved.

    Returns None in phases in which groups fill no boxes.
    """
    return None
