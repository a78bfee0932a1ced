"""Keeps the entries in one platform's own calendar up to date with the sessions of the programme."""

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
from bot.delivery.reconciler import RECONCILED_EVERY


class CalendarResource:
    """Keeps the entries in one platform's calendar up to date; `bot.delivery.reconciler.Reconciler` calls it."""

    def __init__(
        self, platform: str, port: Calendar, source: CalendarSource, store: Store, settings: Settings, clock: Clock
    ) -> None:
        self._platform = platform
        self._port = port
        self._source = source
        self._store = store
        self._clock = clock
        self._locales = settings.gathering.locales

    def log_context(self, row: DueEntry) -> Mapping[str, Any]:
        """Return what log lines about a calendar entry contain: the id of its session."""
        return {"session": row.session_id}

    async def next_row(self) -> DueEntry | None:
        """Return the calendar entry that must be updated first, perhaps in the future; None if there is none."""
        return await self._store.read(
            lambda tx: calendar_store.next_entry(tx, self._source, self._platform, self._clock.now())
        )

    async def reconcile(self, row: DueEntry) -> None:
        """Create or update a session's calendar entry; cancel it if the session is deleted or no longer public."""
        wanted = await self._store.read(lambda tx: self._wanted(tx, row))
        if isinstance(wanted, WantedEntry):
            await self._port.reconcile(wanted, lambda created: self._note(row, created))
            again = self._clock.now() + RECONCILED_EVERY
            await self._store.transact(lambda tx: calendar_store.mark_synchronised(tx, row, again))
        else:
            await self._port.withdraw(*wanted)
            await self._store.transact(lambda tx: calendar_store.forget(tx, row))

    async def postpone(self, row: DueEntry, again: datetime) -> None:
        """Store that an attempt to update a calendar entry failed; it is repeated at the instant `again`."""
        await self._store.transact(lambda tx: calendar_store.postpone(tx, row, again))

    async def _note(self, row: DueEntry, created: CreatedEntry) -> None:
        await self._store.transact(lambda tx: calendar_store.note_created(tx, row, created, self._clock.now()))

    async def _wanted(self, tx: Transaction, row: DueEntry) -> WantedEntry | tuple[CreatedEntry, frozenset[str]]:
        """Return the entry as it should be now; for a session that is to have none, what `Calendar.withdraw` takes."""
        created = await calendar_store.created_entry(tx, row)
        used_ids = await calendar_store.used_ids(tx, self._platform) - {created.native_id}
        entry = await self._source.draw(tx, row.session_id, self._locales, self._clock.now())
        return (created, used_ids) if entry is None else WantedEntry(entry, created, used_ids)
