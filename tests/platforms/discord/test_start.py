"""Starting: a refused token stops at once with its remedy, a network that is down is waited for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import datetime

import discord
import pytest
import yarl

from bot.content.errors import ConfigError, RetryLater
from bot.content.texts import Reader
from bot.content.views import View
from bot.conversation.incoming import Actor, Called, Incoming
from bot.delivery.platform import Address, Membership
from bot.platforms import duties
from bot.platforms.discord.adapter import Discord
from tests.clock import ManualClock
from tests.platforms.discord.local import local_discord
from tests.world import START, World, open_world

ENGLISH = Reader("en", "Europe/Paris")


class HurriedClock(ManualClock):
    """A clock on which no time passes while one sleeps; it tells for how long one would have."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.slept: asyncio.Queue[float] = asyncio.Queue()

    async def sleep(self, seconds: float) -> None:
        self.slept.put_nowait(seconds)
        await super().sleep(0)


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


def unreachable(patch: pytest.MonkeyPatch) -> None:
    """Point the library to a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    patch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}/api/v10")


def adapter_of(world: World) -> Discord:
    return Discord(world.settings, world.dispatcher, world.store, world.clock)


async def test_a_refused_token_is_said_with_its_remedy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with local_discord(monkeypatch) as local:
        local.refused["/users/@me"] = 401
        with pytest.raises(ConfigError, match="the token is refused: copy it again"):
            await adapter_of(world).run()


async def test_a_network_that_is_down_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    unreachable(monkeypatch)
    clock = HurriedClock(START)
    running = asyncio.create_task(Discord(world.settings, world.dispatcher, world.store, clock).run())
    assert [await clock.slept.get() for _pause in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    async with local_discord(monkeypatch) as local:
        local.refused["/users/@me"] = 401
        with pytest.raises(ConfigError):
            await running


async def test_a_program_that_only_delivers_logs_in_by_itself(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = adapter_of(world)
    unreachable(monkeypatch)
    with pytest.raises(RetryLater):
        await adapter.send(Address("7"), View(("Hello",)), ENGLISH, delivery_id=1)
    with pytest.raises(RetryLater):
        await adapter.show_membership(Membership("7", "Zoé D.", None, attends=True))
    async with local_discord(monkeypatch) as local:
        await adapter.send(Address("7"), View(("Hello",)), ENGLISH, delivery_id=1)
        await adapter.send(Address("7"), View(("Hello again",)), ENGLISH, delivery_id=2)
        assert local.texts() == ["Hello", "Hello again"]
        assert [call.path for call in local.calls].count("/users/@me") == 1
        await adapter.close()


async def test_a_program_that_waited_for_its_turn_answers_whom_a_killed_one_left(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "_FIRST_LOOK", 0.01)
    monkeypatch.setattr(duties, "_LOOKED_EVERY", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as nobody:  # no gateway is needed for that
        gateway = yarl.URL(f"ws://127.0.0.1:{nobody.getsockname()[1]}")
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
    async with (
        open_world(postgres_url) as world,
        open_world(postgres_url) as killed,
        local_discord(monkeypatch) as local,
    ):
        adapter = adapter_of(world)
        await adapter.prepare()
        zoe = Actor("7", "Zoé", "en", "7")
        await killed.dispatcher.handle(Incoming("discord", "77", zoe, Called("start")))
        running = asyncio.create_task(adapter.run())
        async with asyncio.timeout(10):
            await local.until(lambda: any("bienvenue" in text for text in local.texts()))
        for _look in range(3):
            await world.dispatcher.leftovers("discord")
        running.cancel()
        await asyncio.wait({running})
        await adapter.close()
        assert ["bienvenue" in text for text in local.texts()] == [True], "once"
