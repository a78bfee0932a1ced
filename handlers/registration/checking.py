"""What `rencontres check` checks about invitations: whether they name somebody whom people can ask."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.findings import Finding
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.registration import store


async def check(tx: Transaction | None, settings: Settings) -> Sequence[Finding]:
    """Return a warning if letters are sent with invitations that name nobody whom people can ask; else nothing."""
    written = (await store.place_and_contact(tx))[1] if tx else None
    if not settings.sends_letters or (settings.gathering.privacy_contact if written is None else written):
        return ()
    detail = "the letters name nobody whom people can ask"
    return (Finding("warning", "invitations", detail, "in chat: /organise, Invitations, The text, Place and contact"),)
