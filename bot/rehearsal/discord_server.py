"""Discord in memory (simcord): a server with the bot on it, which outlives the bot."""

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
"""The place of the bot's role among the server's: above those it makes."""


@dataclass(eq=False, slots=True)
class Thread:
    """A group's thread, read by its members who are on Discord."""

    name: str
    reader: Reader
    group: int
    env: simcord.Env
    channel: int

    def zone_at(self, _instant: datetime) -> str:
        """Where it is read: at the venue."""
        return self.reader.zone

    @property
    def received(self) -> Sequence[Received]:
        """What the bot says in it; nobody presses anything there, so that nothing is an answer."""
        said = self.env.backend.messages.get(self.channel, {}).values()
        bot = self.env.backend.bot_user.id
        words = [
            (str(message.id), unmarked(message.content))
            for message in said
            if message.author_id == bot and message.content
        ]
        return [Received(number, text, text, asked=True) for number, text in words]


class DiscordServer:
    """The server, to be entered with `async with`; then the bot is connected, leaves, and is connected again."""

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
        """Return the table [discord] of the configuration for this server."""
        return {
            "guild_id": self.server.id,
            "welcome_channel_id": self.welcome.id,
            "groups_channel_id": self._groups.id,
        }

    async def connect(self, platform: Platform) -> None:
        """Let a bot log in and receive."""
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
        """Nothing: who is connected next takes the place of who was."""

    def thread(self, title: str, group: int, reader: Reader) -> Thread | None:
        """The thread with a name; None where there is none."""
        backend = self.env.backend
        for number in backend.guilds[self.server.id].thread_ids:
            if backend.channels[number].name == title:
                return Thread(f"the thread «{title}»", reader, group, self.env, number)
        return None

    def person(self, name: str) -> DiscordChat:
        """Someone on the server, who writes to the bot in private."""
        number = len(self.env.backend.users)
        user = self.env.create_user(f"person{number}", global_name=name)
        self.server.add_member(user)
        return DiscordChat(self.env, user)
