"""Erases personal data once the purposes for which they were kept have ended.

When a purpose has ended (`bot.config.purpose_store.set_over`), its tables are emptied. Once taking part has ended,
people whose data no other purpose needs are erased, one after the other. All this is done in portions, so that nobody
waits long. If the program ends in between, it continues at the next start.
"""

from __future__ import annotations

from datetime import datetime

from bot.background.scheduling import Released
from bot.config import purpose_store
from bot.config.purpose_store import EVERYTHING
from bot.config.purposes import PARTICIPATION
from bot.config.settings import Settings
from bot.database.engine import Transaction
from bot.files.stored_files import Files
from bot.membership.erasure import empty_some, erase
from bot.people import participant_store
from bot.people.declared import Declared


class Retention:
    """Erases data about people once they are due, because no purpose needs them any more."""

    def __init__(self, settings: Settings, declared: Declared, files: Files) -> None:
        self._settings = settings
        self._declared = declared
        self._files = files

    async def prepare(self, tx: Transaction, now: datetime) -> None:
        """Delete agreements to keep data for purposes that have ended or no longer exist."""
        keys = {purpose.key for purpose, _end in await purpose_store.running(tx, self._settings, now)}
        await purpose_store.forget(tx, await purpose_store.agreed(tx) - keys)

    async def next_due(self, tx: Transaction, now: datetime) -> datetime | None:
        """Return `now` if data or people must be erased, because no purpose needs the data any more; else None."""
        left = await purpose_store.to_empty(tx) or await self._next_person(tx, now) is not None
        return now if left else None

    async def release(self, tx: Transaction, now: datetime) -> Released | None:
        """Delete some rows that no purpose needs any more, or erase one person whose data no purpose needs any more.

        Returns None if nothing is left to erase; the caller repeats the call until then. When the last person is
        erased, all remaining rows and files are marked to be deleted.
        """
        if await empty_some(tx, self._declared, now):
            return Released()
        person = await self._next_person(tx, now)
        if person is None:
            return None
        await erase(tx, self._declared, person, now, texts=True, files=self._files)
        if not await participant_store.has_anyone(tx):
            await purpose_store.set_to_empty(tx, [EVERYTHING])
        return Released()

    async def _next_person(self, tx: Transaction, now: datetime) -> int | None:
        over = await purpose_store.is_over(tx, self._settings, PARTICIPATION, now)
        return await purpose_store.without_any(tx) if over else None
