"""A chat on Discord: discord.py's own machinery against an in-memory Discord (simcord)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import simcord
from simcord.backend.models import User

from bot.conversation import replied
from bot.platforms.discord import private_channels
from bot.platforms.discord.adapter import Discord
from bot.rehearsal.chat_driver_discord import DiscordChat
from tests.world import World

_PATIENCE = 60.0
"""The seconds that the bot may take for what comes of a gesture, on a busy machine too; simcord gives it five."""


class Env(simcord.Env):
    """An in-memory Discord that looks for the end of what it waits for every few milliseconds, not every fifty.

    The end of a task wakes it by itself; that a task waits again, as the bot's tasks that never end do, it only sees.
    """

    async def _settle_internal(self, *, timeout: float | None = None, idle: float = 0.004, **how: Any) -> None:
        await super()._settle_internal(timeout=max(timeout or 0, _PATIENCE), idle=idle, **how)


@dataclass
class DiscordHarness:
    """An in-memory Discord with a server, a welcome channel, and the bot on it."""

    world: World
    env: simcord.Env
    adapter: Discord
    server: simcord.GuildHandle = field(init=False)
    welcome: simcord.ChannelHandle = field(init=False)

    def __post_init__(self) -> None:
        self.server = self.env.create_guild("Rencontres")
        self.welcome = self.server.create_text_channel("bienvenue")

    def person(self, name: str = "Zoé", *, native_id: int | None = None) -> DiscordChat:
        """Someone who writes to the bot in private. Everyone's Discord is English: simcord's is."""
        return DiscordChat(self.env, self._user(name, native_id))

    def member(self, name: str = "Zoé") -> DiscordChat:
        """Someone in the welcome channel of the server."""
        return DiscordChat(self.env, self._user(name, None), self.welcome)

    @property
    def card(self) -> Any:
        """The one message of the welcome channel."""
        seen = self.env.backend.messages[self.welcome.id].values()
        [card] = [message for message in seen if not message.is_ephemeral]
        return card

    @property
    def last_interaction(self) -> Any:
        """What simcord knows of the latest press, command or form."""
        return list(self.env.backend.interactions.values())[-1]

    def _user(self, name: str, native_id: int | None) -> simcord.UserHandle:
        if native_id is None:
            return self.env.create_user(name.lower(), global_name=name)
        user = User(id=native_id, name=name.lower(), global_name=name)
        self.env.backend.users[native_id] = user
        return simcord.UserHandle(self.env, user)

    def goes_away(self) -> None:
        """From now on nothing is delivered to the bot: it ended, or its session is lost."""
        self.env.backend.subscribers.clear()

    async def comes_back(self) -> None:
        """The same bot gets a new session; what was said meanwhile is delivered to nobody."""
        await self.env.restart_bot(self.adapter.client)

    async def restart(self, **configured: object) -> None:
        """End the bot and start another over the same store; `configured` as in the table [discord]."""
        discord = self.world.settings.discord.model_copy(update=configured)
        self.world.settings = self.world.settings.model_copy(update={"discord": discord})
        await self.world.dispatcher.close()
        self.adapter = Discord(self.world.settings, self.world.dispatcher, self.world.store, self.world.clock)
        await self.env.restart_bot(self.adapter.client)


@contextmanager
def nothing_gathered() -> Iterator[None]:
    """Let everything be written down at once: each gesture waits here for all that comes of it, that too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replied, "_FLUSH_AFTER", 0.001)
        patch.setattr(private_channels, "_WRITTEN_AFTER", 0.001)
        yield


@asynccontextmanager
async def open_harness(world: World) -> AsyncIterator[DiscordHarness]:
    """Run the adapter of a gathering on an in-memory Discord; what it raised there fails the test at the end."""
    adapter = Discord(world.settings, world.dispatcher, world.store, world.clock)
    env = Env(adapter.client, settle_timeout=_PATIENCE)
    with nothing_gathered():
        await env.start()
        try:
            yield DiscordHarness(world, env, adapter)
        finally:
            await env.shutdown()
    env.raise_errors()
