"""The hooks by which the programme asks other capabilities, and tells them that a session was changed."""

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
    """Correct what was said of a session that was moved, renamed or cancelled. By default nothing was said of it."""


@collecting_hook
async def something_is_on(request: Request) -> Sequence[str]:
    """Return what goes on for the person that is no session at this hour, in a word each, such as a late plenary."""
    return ()


@hook
async def over_already(request: Request) -> Mapping[int, Span]:
    """Return what ended less than a day ago, by the id of its session, each with the line that says that it is over.

    Its session is over then, whatever the programme says. By default only the programme says what is over.
    """
    return {}
