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
    """Store words that a person wrote and that answered nothing, for a while from `until` (None: from now)."""
    account = request.account
    await dialogue_store.keep_draft(
        request.tx, account.platform, account.chat, _FORM, {_FIELD: words}, until or request.now
    )


async def kept(request: Request) -> str | None:
    """Return the words stored for this chat; None if there are none."""
    account = request.account
    dialogue = await dialogue_store.current(request.tx, account.platform, account.chat, request.now)
    return dialogue.draft.get(_FIELD, "") if dialogue and dialogue.action == _FORM else None


async def drop(request: Request) -> None:
    """Delete the words stored for this chat."""
    await dialogue_store.end(request.tx, request.account.platform, request.account.chat)
