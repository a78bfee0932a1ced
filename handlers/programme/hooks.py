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


@collecting_hook
async def something_is_on(request: Request) -> Sequence[str]:
    """Return a word such as «plenary» for everything that is going on for the person beside the sessions.

    The programme then does not announce a break. By default there is nothing.
    """
    return ()


@hook
async def over_already(request: Request) -> Mapping[int, Span]:
    """Return a line for each session that is over earlier than planned, by the session's id.

    It contains sessions that ended less than a day ago; the line tells readers that the session is over. By default
    there is none.
    """
    return {}
