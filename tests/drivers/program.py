"""What a running program does by itself, done until nothing is left to do: jobs and delivery."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.background.jobs import Runner
from bot.background.side_process import SideProcess, Work
from bot.capability import contributions, switched_on
from bot.clock import from_micros, to_micros
from bot.content.delivery_kinds import LATER
from bot.content.texts import Reader
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery.message_updates import notify_of_result
from bot.delivery.platform import Address, Membership, Platform
from bot.delivery.worker import Delivery
from tests.delivery.rig import Watched
from tests.drivers.neutral import NeutralChat
from tests.world import CAPABLE, World

_LONG = timedelta(seconds=30)
"""What is due later than this waits for a morning: time passes at once."""
_SOON = timedelta(minutes=1)


class Bench(SideProcess):
    """Work done here and now: that it goes to another process is tests/background/test_jobs.py's to show."""

    async def start(self) -> None:
        """Start no process."""

    async def do(self, work: Work, payload: Mapping[str, Any], seconds: float | None = None) -> Mapping[str, Any]:
        return work(payload)


class Gateway:
    """The way out of a platform, whose sends can be waited for."""

    calendar = None
    single_intake = True

    def __init__(self, platform: Platform, watched: Watched) -> None:
        self.name = platform.name
        self.channels = platform.channels
        self._platform = platform
        self._watched = watched

    async def prepare(self) -> None:
        raise NotImplementedError

    async def run(self) -> None:
        raise NotImplementedError

    def count_messages(
        self, address: Address, view: View, reader: Reader, *, delivery_id: int, native_id: str | None = None
    ) -> int:
        return self._platform.count_messages(address, view, reader, delivery_id=delivery_id, native_id=native_id)

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        return await self._watched.watch(self._platform.send(address, view, reader, delivery_id=delivery_id))

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        return await self._watched.watch(self._platform.edit(address, native_id, view, reader))

    async def delete(self, address: Address, native_id: str) -> bool:
        return await self._watched.watch(self._platform.delete(address, native_id))

    async def pin(self, address: Address, native_id: str) -> None:
        await self._watched.watch(self._platform.pin(address, native_id))

    async def unpin(self, address: Address, native_id: str) -> None:
        pass

    async def show_membership(self, membership: Membership) -> None:
        await self._watched.watch(self._platform.show_membership(membership))

    async def close(self) -> None:
        raise NotImplementedError


class Letterbox:
    """The platform of neutral chats: what is delivered is shown in the chat it is for."""

    channels = None
    calendar = None
    single_intake = True

    def __init__(self, name: str, chats: list[NeutralChat]) -> None:
        self.name = name
        self._chats = {chat.sender.chat: chat for chat in chats}

    async def prepare(self) -> None:
        raise NotImplementedError

    async def run(self) -> None:
        raise NotImplementedError

    def count_messages(
        self, address: Address, _view: View, _reader: Reader, *, delivery_id: int, native_id: str | None = None
    ) -> int:
        return 1

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        if chat := self._chats.get(address.chat):
            chat.receive(view, reader)
        return str(delivery_id)

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        raise NotImplementedError

    async def delete(self, address: Address, native_id: str) -> bool:
        raise NotImplementedError

    async def pin(self, address: Address, native_id: str) -> None:
        """Nothing is pinned where there is one message."""

    async def unpin(self, address: Address, native_id: str) -> None:
        pass

    async def show_membership(self, membership: Membership) -> None:
        """There are no nicknames nor roles."""

    async def close(self) -> None:
        raise NotImplementedError


async def catch_up(world: World, *platforms: Platform) -> None:
    """Do the jobs that wait, then deliver until the outbox of these platforms is empty, the pace's waits skipped."""
    await world.dispatcher.close()  # the replies that left are written down
    jobs = Runner(
        world.store,
        world.dispatcher.router.jobs,
        world.declared,
        notify_of_result,
        lambda: None,
        world.clock,
        Bench,
        files=world.files,
    )
    await jobs.catch_up()
    watched = Watched(world.store)
    ways = {platform.name: Gateway(platform, watched) for platform in platforms}
    contributed = contributions(switched_on(CAPABLE, world.settings))
    delivering = asyncio.create_task(
        Delivery(watched, ways, world.settings, world.clock, contributed, world.dispatcher.router.live).run()
    )
    try:
        await watched.quiet()
        while (due := await _next_due(world, ways)) is not None:
            if due - world.clock.now() > _LONG:
                await world.clock.jump(due - world.clock.now())
            else:
                await world.clock.advance_when_asleep()
            await watched.quiet()
    finally:
        delivering.cancel()
        await asyncio.wait({delivering})


async def catch_up_with(world: World, *chats: NeutralChat) -> None:
    """Do what waits, and show each of these chats what it gets."""
    names = {chat.platform for chat in chats}
    await catch_up(world, *(Letterbox(name, [chat for chat in chats if chat.platform == name]) for name in names))


async def _next_due(world: World, platforms: Mapping[str, Platform]) -> datetime | None:
    """When the first message is due that has not left; None once all of them have.

    What becomes of an answer much later, when nothing can be done with it any more, is not waited for. Live screens are
    waited for until their message was sent, and while they are being drawn.
    """

    async def unit(tx: Transaction) -> datetime | None:
        rows = await tx.all(
            "SELECT platform, MIN(due_at) AS due FROM deliveries WHERE state IN ('waiting', 'sending')"
            f" AND (kind <> '{LATER}' OR due_at <= :soon) GROUP BY platform UNION ALL"
            " SELECT a.platform, MIN(s.not_before) AS due FROM screens s JOIN accounts a ON a.id = s.account_id"
            " WHERE a.unreachable = 0 AND ((s.native_id = '' AND s.wanted > s.shown)"
            " OR (s.digest = '' AND s.shown > 0 AND s.wanted <= s.shown)) GROUP BY a.platform",
            soon=to_micros(world.clock.now() + _SOON),
        )
        return min((from_micros(row["due"]) for row in rows if row["platform"] in platforms), default=None)

    return await world.store.read(unit)
