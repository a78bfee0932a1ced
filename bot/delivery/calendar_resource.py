"""The programme in one platform's own calendar, each entry in step with its session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.config.settings import Settings
from bot.database.engine import Store, Transaction
from bot.delivery import calendar_store
from bot.delivery.calendar_entries import CreatedEntry
from bot.delivery.calendar_store import DueEntry
from bot.delivery.contributions import CalendarSource
from bot.delivery.platform import Calendar, WantedEntry
from bot.delivery.reconciler import LOOKED_AFTER_EVERY


class CalendarResource:
    """The entries on one platform, for a `bot.delivery.reconciler.Keeper`."""

    def __init__(
        self, platform: str, port: Calendar, source: CalendarSource, store: Store, settings: Settings, clock: Clock
    ) -> None:
        self._platform = platform
        self._port = port
        self._source = source
        self._store = store
        self._clock = clock
        self._locales = settings.gathering.locales

    def about(self, stored: DueEntry) -> Mapping[str, Any]:
        """The session, for the log."""
        return {"session": stored.session_id}

    async def next(self) -> DueEntry | None:
        """The entry to look after next."""
        return await self._store.read(
            lambda tx: calendar_store.due(tx, self._source, self._platform, self._clock.now())
        )

    async def bring(self, stored: DueEntry) -> None:
        """Enter a session, bring its entry in step, or withdraw it."""
        listing = await self._store.read(lambda tx: self._listing(tx, stored))
        if isinstance(listing, WantedEntry):
            await self._port.keep(listing, lambda listed: self._note(stored, listed))
            again = self._clock.now() + LOOKED_AFTER_EVERY
            await self._store.transact(lambda tx: calendar_store.done(tx, stored, again))
        else:
            await self._port.withdraw(*listing)
            await self._store.transact(lambda tx: calendar_store.forget(tx, stored))

    async def postpone(self, stored: DueEntry, again: datetime) -> None:
        """Try an entry again later."""
        await self._store.transact(lambda tx: calendar_store.postpone(tx, stored, again))

    async def _note(self, stored: DueEntry, listed: CreatedEntry) -> None:
        await self._store.transact(lambda tx: calendar_store.note(tx, stored, listed, self._clock.now()))

    async def _listing(self, tx: Transaction, stored: DueEntry) -> WantedEntry | tuple[CreatedEntry, frozenset[str]]:
        """The entry as it should be now; for a session that has none (any more), what is known of it."""
        listed = await calendar_store.listed(tx, stored)
        taken = await calendar_store.taken(tx, self._platform) - {listed.native_id}
        entry = await self._source.draw(tx, stored.session_id, self._locales, self._clock.now())
        return (listed, taken) if entry is None else WantedEntry(entry, listed, taken)
