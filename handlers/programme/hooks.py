"""The hook by which the programme tells another capability that a session was changed."""

from __future__ import annotations

from datetime import datetime

from bot.content.hooks import hook
from bot.database.engine import Transaction
from handlers.programme.model import Session


@hook
async def session_changed(tx: Transaction, session: Session, now: datetime) -> None:
    """Correct what was said of a session that was moved, renamed or cancelled. By default nothing was said of it."""
