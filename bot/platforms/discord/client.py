"""The library's client: what it asks of Discord, and to whom it hands what comes.

The library reads each event of the gateway outside any guard: one that it cannot read would end the connection, and
what others do meanwhile would be lost. So its readers are called through `_guarded`.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import discord
import structlog

from bot.config.settings import GatheringSettings
from bot.conversation.router import Router
from bot.platforms.discord.commands import Menu
from bot.platforms.discord.gate import CallGate
from bot.platforms.discord.interaction_response import Interaction
from bot.platforms.discord.interactions import InteractionHandler
from bot.platforms.discord.shapes import SHAPES
from bot.platforms.untrusted import Malformed, check, place_of, storable

log = structlog.get_logger()

_LONGEST_WAIT = 30.0
"""Seconds that Discord's limits may hold up a call before whoever made it decides what comes next."""

_OF_THE_SESSION = {"READY", "RESUMED"}
"""Events without which there is no session: where one cannot be read, another connection must be made."""

Hook = Callable[[], Awaitable[None]]


class Client(discord.Client):
    """One login's worth of connection. It keeps neither messages nor members, and may ping nobody."""

    def __init__(
        self,
        router: Router,
        gathering: GatheringSettings,
        interactions: InteractionHandler,
        gate: CallGate,
        *,
        logged_in: Hook,
        connected: Callable[[], None],
        ready: Hook,
        channel_deleted: Callable[[int], Awaitable[None]],
        server_there: Hook,
        leaving: Hook,
    ) -> None:
        """`logged_in` runs before anything arrives, `leaving` before the connection is closed.

        `connected` is called whenever a new session begins, before anything of it arrives; `ready` runs once it is up,
        `server_there` when a server comes back from an outage, or the bot to a server.
        """
        super().__init__(
            intents=discord.Intents(guilds=True, dm_messages=True),  # none that Discord has to approve
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=_LONGEST_WAIT,
            http_trace=gate.trace(),
        )
        readers = self._connection.parsers
        for event in readers.keys() - _OF_THE_SESSION:
            readers[event] = partial(_guarded, event, readers[event])
        self.tree = Menu(self, router, gathering)
        self._interactions = interactions
        self._logged_in = logged_in
        self._whenever_connected = connected
        self._whenever_ready = ready
        self._channel_deleted = channel_deleted
        self._server_there = server_there
        self._leaving = leaving

    async def setup_hook(self) -> None:
        """Logged in, not yet connected."""
        await self._logged_in()

    async def on_connect(self) -> None:
        """Connected anew: what was written before comes no more by itself."""
        self._whenever_connected()

    async def on_ready(self) -> None:
        """Connected, with a new session."""
        await self._whenever_ready()

    async def on_interaction(self, interaction: Interaction) -> None:
        """A command, a press, a choice or a submitted form."""
        await self._interactions.take_interaction(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """A message, in private as far as the intents go."""
        await self._interactions.take_message(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message that is not as it was, in private too."""
        await self._interactions.take_edit(payload.message)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel of the server that is no more."""
        await self._channel_deleted(channel.id)

    async def on_guild_available(self, _guild: discord.Guild) -> None:
        """A server that is there again after an outage."""
        await self._server_there()

    async def on_guild_join(self, _guild: discord.Guild) -> None:
        """A server that took the bot in, perhaps again."""
        await self._server_there()

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message that is no more."""
        if payload.guild_id is None:
            await self._interactions.take_deletion(payload.channel_id, (payload.message_id,))

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Several messages that are no more."""
        if payload.guild_id is None:
            await self._interactions.take_deletion(payload.channel_id, sorted(payload.message_ids))

    async def close(self) -> None:
        """Let go of the connection."""
        await self._leaving()
        await super().close()

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """Something could not be done with an event; the library has caught it, and shows it in `sys.exc_info`."""
        error = sys.exc_info()[1]
        assert error is not None
        log.error("discord.update_failed", kind=event_method, reason=type(error).__name__, where=place_of(error))


def _guarded(event: str, read: Callable[[Any], None], payload: Any) -> None:
    """Let the library read an event; one that it cannot read is logged without its words, and done with."""
    try:
        if shape := SHAPES.get(event):
            payload = storable(payload)
            check(shape, payload)
        read(payload)
    except Malformed as odd:
        log.warning("discord.update_malformed", update_id=_id_of(payload), kind=event, reason=str(odd))
    except Exception as error:  # noqa: BLE001 - the library raises whatever its objects do
        log.warning(
            "discord.update_malformed",
            update_id=_id_of(payload),
            kind=event,
            reason=type(error).__name__,
            where=place_of(error),
        )


def _id_of(payload: Any) -> str | None:
    """The id of what an event is about, where it has one."""
    found = payload.get("id") if isinstance(payload, dict) else None
    return found if isinstance(found, str) and found.isdecimal() and len(found) <= 20 else None
