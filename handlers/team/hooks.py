"""The hook by which higher capabilities answer a question before the team is asked."""

from __future__ import annotations

from bot.content.hooks import hook
from bot.content.views import View
from bot.conversation.routes import Request


@hook
async def answer_first(request: Request, question: str) -> View | None:
    """Return a possible answer to a participant's question, with buttons to say whether it is one; None for no answer.

    This is a hook: another capability finds the answer. It stores the question until the person has pressed a button,
    so that the question can be sent to the team unchanged.
    """
    return None
