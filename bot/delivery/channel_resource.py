"""Keeps groups' channels, threads or topics on one platform, up to date with the groups."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.config.settings import Settings
from bot.content.stored_views import pack
from bot.content.texts import Reader, plain
from bot.content.views import View
from bot.database.engine import Store, Transaction
from bot.delivery import channel_store
from bot.delivery.channel_store import DueChannel
from bot.delivery.channels import CreatedChannel
from bot.delivery.contributions import DrawChannel
from bot.delivery.platform import Channels, Platform, WantedChannel
from bot.delivery.reconciler import RECONCILED_EVERY
from bot.people import participant_store


async def note_offer(store: Store, platform: Platform, now: datetime) -> None:
    """Store whether a platform now offers channels (threads or topics) for groups.

    If it offers none, groups get no channels on this platform. Raises StoreUnavailable if the database cannot be used.
    """
    await store.transact(lambda tx: channel_store.set_offered(tx, platform.name, platform.channels is not None, now))


class ChannelResource:
    """Keeps the groups' channels (threads or topics) on one platform up to date.

    `bot.delivery.reconciler.Reconciler` calls it.
    """

    def __init__(
        self, platform: str, port: Channels, draw: DrawChannel, store: Store, settings: Settings, clock: Clock
    ) -> None:
        self._platform = platform
        self._port = port
        self._draw = draw
        self._store = store
        self._clock = clock
        self._reader = Reader(settings.gathering.locales[0], settings.gathering.zone)

    def log_context(self, row: DueChannel) -> Mapping[str, Any]:
        """Return what log lines about a group's channel contain: the id of the group."""
        return {"group": row.group_id}

    async def next_row(self) -> DueChannel | None:
        """Return the group's channel that must be updated first, perhaps in the future; None if there is none."""
        return await self._store.read(lambda tx: channel_store.next_channel(tx, self._platform))

    async def reconcile(self, row: DueChannel) -> None:
        """Create or update the channel of a group; close the channel if the group must no longer have one."""
        if wanted := await self._store.read(lambda tx: self._wanted(tx, row)):
            await self._port.reconcile(wanted, lambda created: self._note(row, created))
            again = self._clock.now() + RECONCILED_EVERY
            await self._store.transact(lambda tx: channel_store.mark_synchronised(tx, row, self._clock.now(), again))
        else:
            created, used_ids = await self._store.read(lambda tx: self._closing(tx, row))
            await self._port.close(created, used_ids)
            await self._store.transact(lambda tx: channel_store.forget(tx, row.id))

    async def postpone(self, row: DueChannel, again: datetime) -> None:
        """Store that an attempt to update a group's channel failed; it is repeated at the instant `again`."""
        await self._store.transact(lambda tx: channel_store.postpone(tx, row, again))

    async def _note(self, row: DueChannel, created: CreatedChannel) -> None:
        await self._store.transact(lambda tx: channel_store.note_created(tx, row.id, created))

    async def _closing(self, tx: Transaction, row: DueChannel) -> tuple[CreatedChannel, frozenset[str]]:
        return await channel_store.created_channel(tx, row.id), await channel_store.used_ids(tx, self._platform)

    async def _wanted(self, tx: Transaction, row: DueChannel) -> WantedChannel | None:
        """Return the channel as it should be now; None for a group that is to have none (any more)."""
        channel = await self._draw(tx, row.group_id)
        if channel is None:
            return None
        created = await channel_store.created_channel(tx, row.id)
        return WantedChannel(
            row.id,
            plain(channel.title, self._reader),
            channel.card,
            self._reader,
            self._digest(channel.card),
            await self._accounts(tx, channel.people),
            created,
            await channel_store.used_ids(tx, self._platform) - {created.thread, created.role},
            row.attempts,
        )

    def _digest(self, card: View) -> str:
        """Return a digest of a card as it reads now: who is called otherwise since is the same person in its spans."""
        lines = "\n".join(plain(line, self._reader) for line in card.lines)
        return hashlib.sha256(f"{self._reader} {pack(card)[0]} {lines}".encode()).hexdigest()

    async def _accounts(self, tx: Transaction, people: Iterable[int]) -> frozenset[str]:
        """Return the native ids of these people's accounts on the platform."""
        accounts = [account for person in people for account in await participant_store.accounts_of(tx, person)]
        return frozenset(account.native_id for account in accounts if account.platform == self._platform)
