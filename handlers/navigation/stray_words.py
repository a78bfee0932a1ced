"""Stores a text that a person wrote in chat without being asked, until they say what it is.

It may be a question to the team, an idea, or neither. It is stored as the draft of the form for questions.
"""

from __future__ import annotations

from datetime import datetime

from bot.conversation import dialogue_store
from bot.conversation.routes import Go, Request

_FORM = Go("equipe").encode()
_FIELD = "question"


async def keep(request: Request, words: str, *, until: datetime | None = None) -> None:
    """Store a text that a person wrote without being asked, as the draft of the form for questions.

    A draft is deleted some time after it was stored; with `until`, it is deleted that long after `until` instead.
    """
    account = request.account
    await dialogue_store.keep_draft(
        request.tx, account.platform, account.form_chat, _FORM, {_FIELD: words}, until or request.now
    )


async def kept(request: Request) -> str | None:
    """Return the text that the person wrote in this chat without being asked; None if none is stored."""
    account = request.account
    dialogue = await dialogue_store.current(request.tx, account.platform, account.form_chat, request.now)
    return dialogue.draft.get(_FIELD, "") if dialogue and dialogue.action == _FORM else None


async def drop(request: Request) -> None:
    """Delete the text that the person wrote in this chat without being asked; an open form in the chat stays open."""
    if await kept(request) is not None:
        await dialogue_store.end(request.tx, request.account.platform, request.account.form_chat)
