"""A Discord server in memory, simulated by simcord. It stays when the bot is stopped and connected again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self, cast

import simcord
from simcord._clock import Clock as SimulatedClock
from simcord.backend.access import channel_accessible
from simcord.backend.errors import BackendError, SetupError
from simcord.http import router

from bot.clock import Clock
from bot.content.texts import Reader
from bot.delivery.platform import Platform
from bot.platforms.discord.adapter import Discord
from bot.rehearsal.chat_driver import Received
from bot.rehearsal.chat_driver_discord import DiscordChat, unmarked

IMPOSSIBLE = (SetupError, BackendError)
"""The errors that are raised for actions that no Discord client lets its user do."""
_SAID = {0, 19, 20, 23}
"""The types of messages that somebody wrote, or the bot as an answer."""
_ADMINISTRATOR = 8
_ABOVE = 9
"""The position of the bot's role on the server: above the roles that the bot creates."""


@dataclass(eq=False, slots=True)
class Thread:
    """A group's thread on the simulated Discord, as the group's members see it; `group` is the group's id."""

    name: str
    reader: Reader
    group: int
    env: simcord.Env
    channel: int

    def zone_at(self, _instant: datetime) -> str:
        """Return the gathering's time zone, which holds for the thread at any instant."""
        return self.reader.zone

    @property
    def received(self) -> Sequence[Received]:
        """Return the bot's messages in the thread.

        All are marked as answers, so that a message that nobody expected is not reported.
        """
        said = self.env.backend.messages.get(self.channel, {}).values()
        bot = self.env.backend.bot_user.id
        words = [
            (str(message.id), unmarked(message.content))
            for message in said
            if message.author_id == bot and message.content
        ]
        return [Received(number, text, text, asked=True) for number, text in words]


@contextmanager
def refusals(tell: Callable[[str, str, str, str], object]) -> Iterator[None]:
    """Inside the `with` block, call `tell` for each request of the bot that a simulated Discord refuses.

    `tell` gets the method, the path, the reason, and the text of the message that the bot wanted to send, or ''.
    """
    dispatch = router.dispatch

    def answer(*asked: Any, **how: Any) -> Any:
        try:
            return dispatch(*asked, **how)
        except BackendError as refusal:
            said = str((how.get("json") or {}).get("content") or "")
            tell(asked[1], str(asked[2]), f"{refusal} {refusal.errors or ''}".strip(), said)
            raise

    router.dispatch = answer
    try:
        yield
    finally:
        router.dispatch = dispatch


class _SharedClock(SimulatedClock):
    """A clock by which Discord's timers run as ever, while what it dates is dated by another clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()


class DiscordServer:
    """A simulated Discord server; used by `async with`. The program's bot can be connected to it several times.

    `clock` gives the dates of messages; if it is None, all messages have the same date. With `strict`, errors that the
    bot raised are raised again at the end.
    """

    def __init__(self, clock: Clock | None = None, *, strict: bool = True) -> None:
        self._strict = strict
        self.env = simcord.Env(cast("Any", None), settle_timeout=60.0)
        if clock:
            self.env.backend.clock = _SharedClock(clock)
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
        if kind is None and self._strict:
            self.env.raise_errors()

    @property
    def places(self) -> dict[str, Any]:
        """Return the values of the table [discord] in config.toml: the ids of this server and its channels."""
        return {
            "guild_id": self.server.id,
            "welcome_channel_id": self.welcome.id,
            "groups_channel_id": self._groups.id,
        }

    async def connect(self, platform: Platform) -> None:
        """Connect the bot of `platform`, which must be Discord, in place of any bot that was connected before."""
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
        """Do nothing when the bot stops, because the next call of `connect` replaces it."""

    def thread(self, title: str, group: int, reader: Reader) -> Thread | None:
        """Return the thread of a group, found by its title; None if there is none.

        `group` is the id of the group, and `reader` the language and time zone in which the thread is read.
        """
        backend = self.env.backend
        for number in backend.guilds[self.server.id].thread_ids:
            if backend.channels[number].name == title:
                return Thread(f"the thread «{title}»", reader, group, self.env, number)
        return None

    def channels_of(self, user: simcord.UserHandle) -> Sequence[simcord.ChannelHandle]:
        """Return the server's channels and threads that a person can read and in which there are messages to them."""
        backend = self.env.backend
        guild = backend.guilds[self.server.id]
        return [
            simcord.ChannelHandle(self.env, self.server, backend.channels[number])
            for number in (*guild.channel_ids, *guild.thread_ids)
            if channel_accessible(backend, number, user.id) and self.said_to(user, number)
        ]

    def said_to(self, user: simcord.UserHandle, channel_id: int) -> list[Any]:
        """Return the messages that a person can read in a channel, oldest first, without Discord's own notices."""
        messages = self.env.backend.messages.get(channel_id, {}).values()
        return [message for message in messages if message.type in _SAID and message.visible_to(user.id)]

    def person(self, name: str) -> DiscordChat:
        """Add an invented person to the server, and return their private chat with the bot."""
        number = len(self.env.backend.users)
        user = self.env.create_user(f"person{number}", global_name=name)
        self.server.add_member(user)
        return DiscordChat(self.env, user)
