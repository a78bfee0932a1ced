"""The hook by which higher capabilities answer a question before the team is asked."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import View
from bot.conversation.routes import Request


@hook
async def answer_first(request: Request, question: str) -> View | None:
    """Return a possible answer to a participant's question, with buttons to say whether it is one; None for no answer.

    Meanwhile the question is stored, so that a button can send it to the team as it was written.
    """
    return None
