"""Words that answer nothing: kept where the form for a question to the team opens with them, until their author says
whether they are a question, an idea, or neither.
"""

from __future__ import annotations

from datetime import datetime

from bot.conversation import dialogue_store
from bot.conversation.routes import Go, Request

_FORM = Go("equipe").encode()
_FIELD = "question"


async def keep(request: Request, words: str, *, until: datetime | None = None) -> None:
    """Store words for a while, counted from `until` (None: from now), before which nothing can be done with them."""
    account = request.account
    await dialogue_store.keep_draft(
        request.tx, account.platform, account.chat, _FORM, {_FIELD: words}, until or request.now
    )


async def kept(request: Request) -> str | None:
    """Return the words that are stored in this chat; None for none."""
    account = request.account
    dialogue = await dialogue_store.current(request.tx, account.platform, account.chat, request.now)
    return dialogue.draft.get(_FIELD, "") if dialogue and dialogue.action == _FORM else None


async def drop(request: Request) -> None:
    """Forget the words, whatever they were."""
    await dialogue_store.end(request.tx, request.account.platform, request.account.chat)
