"""What `rencontres check` reports about purposes of data: when each ends, and whose data are erased then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.config.findings import Finding
from bot.config.settings import Settings
from bot.database.engine import Transaction
from handlers.navigation.ends import LEADS, running
from handlers.privacy import store
from handlers.privacy.messages import in_english


async def check(tx: Transaction | None, settings: Settings) -> Sequence[Finding]:
    """Return a finding for each purpose for which anybody's data are stored; a warning if its end is near or past.

    Returns none if `tx` is None, because the database cannot be read.
    """
    if tx is None:
        return []
    findings, now = list[Finding](), datetime.now(UTC)
    for purpose, end in await running(tx, settings, now):
        if not any(await store.concerned(tx, settings, purpose, end, now)):
            continue
        near = end <= now + LEADS[0]
        remedy = f"set a later day, if it is wrong; the team is warned for {LEADS[0].days} days first" if near else ""
        said = await in_english(tx, settings, purpose, end, now)
        findings.append(Finding("warning" if near else "ok", "data", said, remedy))
    return findings
