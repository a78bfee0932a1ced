"""What `rencontres check` checks about the programme: whether somebody of the team has read it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config import setting_store
from bot.config.findings import Finding, left_from_the_example
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.programme import store
from handlers.programme.settings import SessionSettings


async def check(tx: Transaction | None, settings: Settings) -> Sequence[Finding]:
    """Return a warning that names the sessions that came from config.example.toml and were not changed since, if any.

    Nobody of the team has confirmed these sessions either. They are looked for in the database or, if `tx` is None or
    the database has no programme yet, in config.toml.
    """
    if tx and await setting_store.get(tx, store.SEEDED):
        keys = [session.plan.key for session in await store.sessions_to_confirm(tx)]
        remedy = "in chat: /organise, Programme"
    else:
        keys = [session.key for session in settings.all_of(SessionSettings) if session.invented]
        remedy = "write your own in config.toml, or confirm it in chat"
    return left_from_the_example("programme", keys, remedy)
