"""The hooks by which the programme asks other capabilities, or tells them that a session was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.content.hooks import collecting_hook, hook
from bot.content.texts import Span
from bot.conversation.routes import Request
from bot.database.engine import Transaction
from handlers.programme.model import Session


@hook
async def session_changed(tx: Transaction, session: Session, now: datetime) -> None:
    """Let other capabilities correct their messages about a session that was moved, renamed or cancelled."""


@hook
async def session_dropped(tx: Transaction, session: Session) -> None:
    """Let other capabilities end what is shown of a session that does not take place or is about to be deleted."""


@collecting_hook
async def something_is_on(request: Request) -> Sequence[str]:
    """Return a word such as «plenary» for everything except sessions that is going on for the person.

    While there is any such word, the programme announces no break. By default there is none.
    """
    return ()


@hook
async def over_already(tx: Transaction, now: datetime) -> Mapping[int, Span]:
    """Return a line that says so for each session that is over earlier than planned, by the session's id.

    Sessions that ended more than a day ago are left out. By default the result is empty.
    """
    return {}
