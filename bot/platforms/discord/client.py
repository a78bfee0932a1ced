"""The client of discord.py: connects to Discord and passes each event to the adapter.

An exception while discord.py parses an event would end the connection, and the events of other people would be lost. So
its parsers are called through `_guarded`.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import discord
import structlog

from bot.platforms.discord.gate import CallGate
from bot.platforms.discord.interaction_response import Interaction
from bot.platforms.discord.interactions import InteractionHandler
from bot.platforms.discord.shapes import SHAPES
from bot.platforms.untrusted import Malformed, check, location_of, storable

log = structlog.get_logger()

_LONGEST_WAIT = 30.0
"""The most seconds that the library waits for Discord's rate limits before a call raises RateLimited."""

_OF_THE_SESSION = {"READY", "RESUMED"}
"""Events that begin a session, and are not guarded: if one cannot be parsed, another connection must be made."""

Hook = Callable[[], Awaitable[None]]


class Client(discord.Client):
    """The client of discord.py for one login. It caches neither messages nor members.

    People whom a message mentions are only notified if the call that sends it asks for this.
    """

    def __init__(
        self,
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
        """Create the client, not logged in yet, with the functions that it calls.

        `logged_in` is awaited before any event arrives, `leaving` before the connection is closed. `connected` is
        called for each new gateway session, before its events arrive; `ready` is awaited once the session is
        established. `channel_deleted` gets the id of a deleted channel of the server. `server_there` is awaited when a
        server is available again, or the bot joins a server.
        """
        super().__init__(
            intents=discord.Intents(guilds=True, dm_messages=True),  # none that Discord has to approve
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=_LONGEST_WAIT,
            http_trace=gate.trace(),
        )
        parsers = self._connection.parsers
        for event in parsers.keys() - _OF_THE_SESSION:
            parsers[event] = partial(_guarded, event, parsers[event])
        self._interactions = interactions
        self._logged_in = logged_in
        self._whenever_connected = connected
        self._whenever_ready = ready
        self._channel_deleted = channel_deleted
        self._server_there = server_there
        self._leaving = leaving

    async def setup_hook(self) -> None:
        """Tell the adapter that the client is logged in, and wait until the adapter is ready to connect."""
        await self._logged_in()

    async def on_connect(self) -> None:
        """Tell the adapter that a new session begins; Discord will not deliver the messages written before it."""
        self._whenever_connected()

    async def on_ready(self) -> None:
        """Tell the adapter that a new session is established, and wait until the adapter has prepared what it needs."""
        await self._whenever_ready()

    async def on_interaction(self, interaction: Interaction) -> None:
        """Handle an interaction: a slash command, a pressed button, a choice in a menu or a submitted form."""
        await self._interactions.take_interaction(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Handle a new message. It is always a private message, because the bot's intents ask for no others."""
        await self._interactions.take_message(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Handle the edit of a message. It is always a private message, because the bot's intents ask for no others."""
        await self._interactions.take_edit(payload.message)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Tell the adapter the id of a channel of the server, because the channel was deleted."""
        await self._channel_deleted(channel.id)

    async def on_guild_available(self, _guild: discord.Guild) -> None:
        """Tell the adapter that the server is available again after an outage."""
        await self._server_there()

    async def on_guild_join(self, _guild: discord.Guild) -> None:
        """Tell the adapter that the bot joined a server, for the first time or again."""
        await self._server_there()

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Handle the deletion of a private message."""
        if payload.guild_id is None:
            await self._interactions.take_deletion(payload.channel_id, (payload.message_id,))

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Handle the deletion of several private messages."""
        if payload.guild_id is None:
            await self._interactions.take_deletion(payload.channel_id, sorted(payload.message_ids))

    async def close(self) -> None:
        """Let the adapter stop everything that uses the connection, then close the connection."""
        await self._leaving()
        await super().close()

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """Log the exception that a handler of events raised; discord.py provides the exception in `sys.exc_info`."""
        error = sys.exc_info()[1]
        assert error is not None
        log.error("discord.update_failed", kind=event_method, reason=type(error).__name__, where=location_of(error))


def _guarded(event: str, parse: Callable[[Any], None], payload: Any) -> None:
    """Let the library parse an event; an event that cannot be parsed is logged without its content, and dropped."""
    try:
        if shape := SHAPES.get(event):
            payload = storable(payload)
            check(shape, payload)
        parse(payload)
    except Malformed as odd:
        log.warning("discord.update_malformed", update_id=_id_of(payload), kind=event, reason=str(odd))
    except Exception as error:  # noqa: BLE001 - the library raises whatever its objects do
        log.warning(
            "discord.update_malformed",
            update_id=_id_of(payload),
            kind=event,
            reason=type(error).__name__,
            where=location_of(error),
        )


def _id_of(payload: Any) -> str | None:
    """Return the id of the object that an event is about; None where it has none."""
    object_id = payload.get("id") if isinstance(payload, dict) else None
    return object_id if isinstance(object_id, str) and object_id.isdecimal() and len(object_id) <= 20 else None
