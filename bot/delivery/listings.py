"""The programme in one platform's own calendar, each entry in step with its session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.config.settings import Settings
from bot.database.engine import Store, Transaction
from bot.delivery import listing_store
from bot.delivery.contributions import CalendarSource
from bot.delivery.keeper import LOOKED_AFTER_EVERY
from bot.delivery.listed import Listed
from bot.delivery.listing_store import Stored
from bot.delivery.platform import Calendar, Listing


class Listings:
    """The entries on one platform, for a `bot.delivery.keeper.Keeper`."""

    def __init__(
        self, platform: str, port: Calendar, source: CalendarSource, store: Store, settings: Settings, clock: Clock
    ) -> None:
        self._platform = platform
        self._port = port
        self._source = source
        self._store = store
        self._clock = clock
        self._locales = settings.gathering.locales

    def about(self, stored: Stored) -> Mapping[str, Any]:
        """The session, for the log."""
        return {"session": stored.session_id}

    async def next(self) -> Stored | None:
        """The entry to look after next."""
        return await self._store.read(lambda tx: listing_store.due(tx, self._source, self._platform, self._clock.now()))

    async def bring(self, stored: Stored) -> None:
        """Enter a session, bring its entry in step, or withdraw it."""
        listing = await self._store.read(lambda tx: self._listing(tx, stored))
        if isinstance(listing, Listing):
            await self._port.keep(listing, lambda listed: self._note(stored, listed))
            again = self._clock.now() + LOOKED_AFTER_EVERY
            await self._store.transact(lambda tx: listing_store.done(tx, stored, again))
        else:
            await self._port.withdraw(*listing)
            await self._store.transact(lambda tx: listing_store.forget(tx, stored))

    async def postpone(self, stored: Stored, again: datetime) -> None:
        """Try an entry again later."""
        await self._store.transact(lambda tx: listing_store.postpone(tx, stored, again))

    async def _note(self, stored: Stored, listed: Listed) -> None:
        await self._store.transact(lambda tx: listing_store.note(tx, stored, listed, self._clock.now()))

    async def _listing(self, tx: Transaction, stored: Stored) -> Listing | tuple[Listed, frozenset[str]]:
        """The entry as it should be now; for a session that has none (any more), what is known of it."""
        listed = await listing_store.listed(tx, stored)
        taken = await listing_store.taken(tx, self._platform) - {listed.native_id}
        entry = await self._source.draw(tx, stored.session_id, self._locales, self._clock.now())
        return (listed, taken) if entry is None else Listing(entry, listed, taken)
