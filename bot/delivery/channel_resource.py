"""One platform's places of groups, each in step with its group."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.config.settings import Settings
from bot.content.stored_views import pack
from bot.content.texts import Reader, plain
from bot.database.engine import Store, Transaction
from bot.delivery import channel_store
from bot.delivery.channel_store import DueChannel
from bot.delivery.channels import CreatedChannel
from bot.delivery.contributions import DrawChannel
from bot.delivery.platform import Channels, Platform, WantedChannel
from bot.delivery.reconciler import LOOKED_AFTER_EVERY
from bot.people import participant_store


async def note_offer(store: Store, platform: Platform, now: datetime) -> None:
    """Write down whether a platform gives groups places, for those who ask for them. Raises StoreUnavailable."""
    await store.transact(lambda tx: channel_store.offer(tx, platform.name, platform.channels is not None, now))


class ChannelResource:
    """The places on one platform, for a `bot.delivery.reconciler.Keeper`."""

    def __init__(
        self, platform: str, port: Channels, draw: DrawChannel, store: Store, settings: Settings, clock: Clock
    ) -> None:
        self._platform = platform
        self._port = port
        self._draw = draw
        self._store = store
        self._clock = clock
        self._reader = Reader(settings.gathering.locales[0], settings.gathering.zone)

    def about(self, stored: DueChannel) -> Mapping[str, Any]:
        """The group, for the log."""
        return {"group": stored.group_id}

    async def next(self) -> DueChannel | None:
        """The place to look after next."""
        return await self._store.read(lambda tx: channel_store.due(tx, self._platform))

    async def bring(self, stored: DueChannel) -> None:
        """Make a place, bring it in step, or close that of a group that is no more."""
        if wanted := await self._store.read(lambda tx: self._wanted(tx, stored)):
            await self._port.keep(wanted, lambda created: self._note(stored, created))
            again = self._clock.now() + LOOKED_AFTER_EVERY
            await self._store.transact(lambda tx: channel_store.done(tx, stored, self._clock.now(), again))
        else:
            created, taken = await self._store.read(lambda tx: self._closing(tx, stored))
            await self._port.close(created, taken)
            await self._store.transact(lambda tx: channel_store.forget(tx, stored.id))

    async def postpone(self, stored: DueChannel, again: datetime) -> None:
        """Try a place again later."""
        await self._store.transact(lambda tx: channel_store.postpone(tx, stored, again))

    async def _note(self, stored: DueChannel, created: CreatedChannel) -> None:
        await self._store.transact(lambda tx: channel_store.note(tx, stored.id, created))

    async def _closing(self, tx: Transaction, stored: DueChannel) -> tuple[CreatedChannel, frozenset[str]]:
        return await channel_store.created(tx, stored.id), await channel_store.taken(tx, self._platform)

    async def _wanted(self, tx: Transaction, stored: DueChannel) -> WantedChannel | None:
        """The place as it should be now; None for a group that has none (any more)."""
        channel = await self._draw(tx, stored.group_id)
        if channel is None:
            return None
        created = await channel_store.created(tx, stored.id)
        return WantedChannel(
            stored.id,
            plain(channel.title, self._reader),
            channel.card,
            self._reader,
            hashlib.sha256(f"{self._reader} {pack(channel.card)[0]}".encode()).hexdigest(),
            await self._accounts(tx, channel.people),
            created,
            await channel_store.taken(tx, self._platform) - {created.thread, created.role},
            stored.attempts,
        )

    async def _accounts(self, tx: Transaction, people: Iterable[int]) -> frozenset[str]:
        """The native ids that these people have on the platform."""
        accounts = [account for person in people for account in await participant_store.accounts_of(tx, person)]
        return frozenset(account.native_id for account in accounts if account.platform == self._platform)
