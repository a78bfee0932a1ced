"""What `rencontres check` checks about emergencies: whether config.toml names the number that everybody reads."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.findings import Finding
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.trust.settings import SafetySettings
from handlers.trust.store import ON_CALL


async def check(tx: Transaction | None, settings: Settings) -> Sequence[Finding]:
    """Return a warning if people read another telephone number of the organiser on call than config.toml has.

    People read the number in the database. Without a database (`tx` is None), nothing is returned.
    """
    if tx is None:
        return ()
    written = settings.of(SafetySettings).telephone
    stored = (await ON_CALL.of(tx, settings)).telephone
    if not written or written == stored:
        return ()
    detail = f"telephone on call: people read {stored or 'none'}, config.toml says {written}"
    return (Finding("warning", "safety", detail, "change it in chat by /urgence, or: rencontres config diff --apply"),)
