"""The hook by which capabilities above answer a question before it goes to the team."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import View
from bot.conversation.routes import Request


@hook
async def answer_first(request: Request, question: str) -> View | None:
    """Return what may answer a participant's question, with buttons to say whether it does; None for no answer.

    The question is kept meanwhile: the button `SendWords` sends it to the team as it was written.
    """
    return None
