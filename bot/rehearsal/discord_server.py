"""A Discord server in memory (simcord) with the bot in it; it continues to exist when the bot restarts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self, cast

import simcord

from bot.content.texts import Reader
from bot.delivery.platform import Platform
from bot.platforms.discord.adapter import Discord
from bot.rehearsal.chat_driver import Received
from bot.rehearsal.chat_driver_discord import DiscordChat, unmarked

_ADMINISTRATOR = 8
_ABOVE = 9
"""The position of the bot's role in the server's list: above the roles that it creates."""


@dataclass(eq=False, slots=True)
class Thread:
    """A group's private thread, which the group's members on Discord read."""

    name: str
    reader: Reader
    group: int
    env: simcord.Env
    channel: int

    def zone_at(self, _instant: datetime) -> str:
        """Return the time zone of its readers: that of the venue."""
        return self.reader.zone

    @property
    def received(self) -> Sequence[Received]:
        """The bot's messages in the thread; all are marked as `asked`, so that none counts as sent by itself."""
        said = self.env.backend.messages.get(self.channel, {}).values()
        bot = self.env.backend.bot_user.id
        words = [
            (str(message.id), unmarked(message.content))
            for message in said
            if message.author_id == bot and message.content
        ]
        return [Received(number, text, text, asked=True) for number, text in words]


class DiscordServer:
    """The server, to be entered with `async with`; then the bot can connect, leave and connect again."""

    def __init__(self) -> None:
        self.env = simcord.Env(cast("Any", None), settle_timeout=60.0)
        self.server = self.env.create_guild("Rencontres")
        self.welcome = self.server.create_text_channel("bienvenue")
        self._groups = self.server.create_text_channel("groupes")
        self._connected = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self.env._started:
            await self.env.shutdown()
        if kind is None:
            self.env.raise_errors()

    @property
    def places(self) -> dict[str, Any]:
        """The table [discord] of the configuration for this server."""
        return {
            "guild_id": self.server.id,
            "welcome_channel_id": self.welcome.id,
            "groups_channel_id": self._groups.id,
        }

    async def connect(self, platform: Platform) -> None:
        """Let a bot log in and receive events; the bot that was connected before is replaced."""
        assert isinstance(platform, Discord)
        if self._connected:
            await self.env.restart_bot(platform.client)
            return
        self.env.bot = platform.client
        await self.env.start()
        self._connected = True
        role = self.env.backend.create_role(self.server.id, "bots", permissions=_ADMINISTRATOR)
        self.env.backend.edit_role(self.server.id, role.id, {"position": _ABOVE})
        self.env.backend.add_member_role(self.server.id, self.env.backend.bot_user.id, role.id)

    async def leave(self) -> None:
        """Do nothing: the next `connect` replaces the bot."""

    def thread(self, title: str, group: int, reader: Reader) -> Thread | None:
        """Return the group's thread with this title; None if there is none.

        `group` is the group's id, `reader` the language in which the thread is read.
        """
        backend = self.env.backend
        for number in backend.guilds[self.server.id].thread_ids:
            if backend.channels[number].name == title:
                return Thread(f"the thread «{title}»", reader, group, self.env, number)
        return None

    def person(self, name: str) -> DiscordChat:
        """Create a person in the server. Returns their private chat with the bot."""
        number = len(self.env.backend.users)
        user = self.env.create_user(f"person{number}", global_name=name)
        self.server.add_member(user)
        return DiscordChat(self.env, user)
