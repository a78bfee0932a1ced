"""Contains the adapter for Discord: it receives what people do, and sends replies and other messages."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import discord
import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.config.settings import Settings
from bot.content.errors import ConfigError, PlatformError, RetryLater, Unreachable
from bot.content.texts import Reader
from bot.content.views import View
from bot.conversation.dispatch import Dispatcher, Leftover
from bot.database.engine import Store, StoreUnavailable
from bot.delivery.platform import Address, Membership
from bot.delivery.shared_channels import note_channel
from bot.logs import under_reference
from bot.platforms.discord.calling import allow_only, with_mentions
from bot.platforms.discord.card import update_card
from bot.platforms.discord.catching_up import CatchingUp
from bot.platforms.discord.client import Client
from bot.platforms.discord.commands import sync_if_changed
from bot.platforms.discord.faults import ERRORS, classified, classify
from bot.platforms.discord.gate import CallGate
from bot.platforms.discord.interactions import InteractionHandler
from bot.platforms.discord.membership import update_member
from bot.platforms.discord.private_channels import PrivateChannels
from bot.platforms.discord.reading import PLATFORM
from bot.platforms.discord.render import draw
from bot.platforms.discord.returning import ReturningMembers
from bot.platforms.discord.scheduled import ScheduledEvents
from bot.platforms.discord.sending import put_view
from bot.platforms.discord.threads import Threads
from bot.platforms.duties import looking_again

log = structlog.get_logger()

_FOR_GOOD = {
    4004: "the token is refused: copy it again from the Developer Portal (Bot, Reset Token)",
    4013: "it does not know an intent we ask for: update discord.py",
    4014: "an intent is not allowed: check Bot, Privileged Gateway Intents in the Developer Portal",
}
_BACKOFF = Backoff(first=1.0, longest=60.0)

T = TypeVar("T")


class Discord:
    """The adapter for Discord.

    `run` receives events until cancelled; delivery calls the other methods to send messages.
    """

    name = PLATFORM
    single_intake = True

    def __init__(self, settings: Settings, dispatcher: Dispatcher, store: Store, clock: Clock) -> None:
        self._settings = settings
        self._dispatcher = dispatcher
        self._store = store
        self._clock = clock
        self._gate = CallGate()
        self._channels = PrivateChannels(store, self._logged_in)
        self._returns = ReturningMembers(store, clock, self._logged_in, settings.discord.guild_id)
        self.interactions = InteractionHandler(dispatcher, self._channels, self._take_missed_of, self._returns)
        """The handler that answers people; its `finish` waits for the answers that are being sent."""
        self._catching_up = CatchingUp(store, clock, self.interactions, self._channels, self._answer_leftovers)
        self._leftovers: list[Leftover] = []
        self._entering = asyncio.Lock()
        self._preparing = asyncio.Lock()
        self.client = self._make_client()
        discord_settings = settings.discord
        self.channels = (
            Threads(self._logged_in, discord_settings.guild_id, discord_settings.groups_channel_id)
            if discord_settings.guild_id and discord_settings.groups_channel_id
            else None
        )
        """The private threads of the groups; None if no channel for them is configured."""
        server = discord_settings.guild_id
        self.calendar = ScheduledEvents(self._logged_in, server, clock) if server else None
        """The scheduled events of the server; None if no server is configured."""

    def _make_client(self) -> Client:
        return Client(
            self.interactions,
            self._gate,
            logged_in=self._collect_leftovers,
            connected=self._catching_up.start_session,
            ready=self._prepare,
            channel_deleted=self._channel_deleted,
            server_there=self._look_for_channel,
            leaving=self._catching_up.stop,
        )

    async def _take_missed_of(self, user_id: int, patiently: bool) -> None:
        await self._catching_up.take_missed_of(user_id, patiently)

    # --- serving

    async def prepare(self) -> None:
        """Log in to Discord, trying again until Discord answers. Raises ConfigError if Discord refuses the token."""
        await self._patiently_login()

    async def run(self) -> None:
        """Receive events until cancelled. Raises ConfigError if Discord refuses the token or an intent."""
        await self._patiently_login()
        await self._collect_leftovers()  # the program may have logged in long before its turn
        try:
            async with looking_again(self._store, self._look_after):
                await self.client.connect()
        except discord.ConnectionClosed as closed:
            why = _FOR_GOOD.get(closed.code, f"it closed the connection for good, code {closed.code}")
            raise ConfigError(f"Discord cannot be used: {why}.") from None
        finally:
            await self.interactions.finish()
            await self._renew_client()

    async def close(self) -> None:
        """Close every connection; call this after everything that receives or sends has ended."""
        await self.client.close()
        await self._returns.stop()
        await self._channels.close()

    async def _patiently_login(self) -> None:
        """Try to log in until Discord answers; from then on the library reconnects by itself."""
        for failures in itertools.count(1):
            pause = _BACKOFF.after(failures)
            try:
                await self._login()
                return
            except discord.LoginFailure:
                raise ConfigError(f"Discord cannot be used: {_FOR_GOOD[4004]}.") from None
            except ERRORS as error:
                log.warning("discord.unavailable", reason=str(classify(error)), again_in=pause)
            await self._clock.sleep(pause)

    async def _login(self) -> None:
        """Log in unless that is done: a program that only delivers never runs. Raises what the library raises."""
        async with self._entering:
            if self.client.user is None:
                try:
                    await self.client.login(self._settings.discord.token.get_secret_value())
                except BaseException:
                    await self._renew_client()
                    raise

    async def _logged_in(self) -> discord.Client:
        await self._login()
        return self.client

    async def _renew_client(self) -> None:
        """Create a new client, because one that failed or was closed cannot be used again."""
        await self.client.close()
        self.client = self._make_client()

    async def _collect_leftovers(self) -> None:
        """Read, before any event arrives, which updates were not answered when the program ended."""
        try:
            self._leftovers = await self._dispatcher.leftovers(self.name)
        except StoreUnavailable:
            log.warning("discord.leftovers_unknown")

    async def _look_after(self) -> None:
        """Answer who was not answered by a program that has ended meanwhile."""
        await self._collect_leftovers()
        await self._answer_leftovers()

    async def _prepare(self) -> None:
        """Update slash commands and welcome card after a new session; a step that fails is repeated after the next."""
        async with self._preparing:
            for step in (self._look_for_channel, self._sync_commands, self._update_card):
                try:
                    await step()
                except ERRORS as error:
                    log.warning("discord.preparation_refused", step=step.__name__, reason=str(classify(error)))
                except StoreUnavailable:
                    log.warning("discord.preparation_waiting", step=step.__name__)

    async def _answer_leftovers(self) -> None:
        while self._leftovers:
            left = self._leftovers.pop()
            with under_reference(left.answered.reference):
                try:
                    if reply := left.answered.reply:
                        await self._send(Address(left.chat), reply.view, left.answered.reader, left.answered.update_id)
                except RetryLater:
                    continue  # the next start tries again
                except PlatformError as error:
                    log.warning("discord.leftover_refused", reason=str(error))
                except Exception:  # a failed answer must not stop the others
                    log.exception("discord.leftover_failed")
                self._dispatcher.sent(left.answered)

    async def _look_for_channel(self) -> None:
        """Store whether the channel of announcements exists, so that a preview counts the people it reaches."""
        channel_id, guild_id = self._settings.discord.announcements_channel_id, self._settings.discord.guild_id
        guild = self.client.get_guild(guild_id or 0)
        if channel_id and guild and not guild.unavailable:  # during an outage its channels are unknown
            there = guild.get_channel(channel_id) is not None
            await self._store.transact(lambda tx: note_channel(tx, str(channel_id), there=there))

    async def _channel_deleted(self, channel_id: int) -> None:
        if channel_id == self._settings.discord.announcements_channel_id:
            await self._look_for_channel()

    async def _sync_commands(self) -> None:
        if await sync_if_changed(self.client, self._dispatcher.router, self._settings.gathering, self._store):
            log.info("discord.commands_registered")

    async def _update_card(self) -> None:
        await update_card(self.client, self._store, self._settings)

    # --- deliveries

    def count_messages(
        self, _address: Address, _view: View, _reader: Reader, *, delivery_id: int, native_id: str | None = None
    ) -> int:
        """Return 1, whatever the arguments, because each message counts once for the pace of deliveries.

        Discord has no limit for a single chat, and `CallGate` counts all calls of the bot.
        """
        return 1

    async def send(self, address: Address, view: View, reader: Reader, *, delivery_id: int) -> str:
        """Send a message to a private channel or a thread. Returns the ids of its Discord messages, joined by commas.

        If the same `delivery_id` is sent twice within minutes, Discord drops the second message. Raises Unreachable,
        RetryLater or Rejected, according to Discord's answer.
        """
        return await self._send(address, view, reader, str(delivery_id))

    async def _send(self, address: Address, view: View, reader: Reader, key: str) -> str:
        async def send(channel: discord.PartialMessageable) -> str:
            messages = [
                await channel.send(
                    **part.as_new(),
                    nonce=f"{key}.{number}",
                    allowed_mentions=allow_only(() if number else address.mentions),
                )
                for number, part in enumerate(with_mentions(draw(view, reader), address.mentions))
            ]
            return ",".join(str(message.id) for message in messages)

        return await self._in_channel(address, send)

    async def edit(self, address: Address, native_id: str, view: View, reader: Reader) -> str:
        """Edit a message that was sent before, so that it shows `view`.

        `native_id` has the ids of its Discord messages, joined by commas. Returns the ids of the Discord messages that
        show the view now, in the same form. Raises MessageGone if the reader deleted all of the messages. Raises
        Unreachable, RetryLater or Rejected, according to Discord's answer.
        """
        return await self._in_channel(
            address,
            lambda channel: put_view(
                channel,
                native_id,
                view,
                reader,
                mentions=address.mentions,
                deleting=self.interactions.note_own_deletion,
            ),
        )

    async def delete(self, address: Address, native_id: str) -> bool:
        """Delete a message that was sent before. Returns False if Discord forbids the deletion.

        `native_id` has the ids of its Discord messages, joined by commas. Raises RetryLater or Rejected, according to
        Discord's answer.
        """

        async def delete(channel: discord.PartialMessageable) -> None:
            for message_id in map(int, native_id.split(",")):
                self.interactions.note_own_deletion(message_id)
                with suppress(discord.NotFound):
                    await channel.get_partial_message(message_id).delete()

        try:
            await self._in_channel(address, delete)
        except Unreachable:
            return False
        return True

    async def pin(self, address: Address, native_id: str) -> None:
        """Pin a message that was sent before at the top of its chat.

        `native_id` has the ids of its Discord messages, joined by commas; the first of them is pinned. Raises
        Unreachable, RetryLater or Rejected, according to Discord's answer.
        """
        await self._in_channel(
            address, lambda channel: channel.get_partial_message(int(native_id.partition(",")[0])).pin()
        )

    async def unpin(self, address: Address, native_id: str) -> None:
        """Unpin the first of the Discord messages in `native_id`. Raises Unreachable, RetryLater or Rejected."""
        await self._in_channel(
            address, lambda channel: channel.get_partial_message(int(native_id.partition(",")[0])).unpin()
        )

    async def _in_channel(self, address: Address, do: Callable[[discord.PartialMessageable], Awaitable[T]]) -> T:
        """Do something in a thread, or in a person's private channel. Raises Unreachable, RetryLater or Rejected."""
        with classified():
            await self._login()
            if address.thread:
                server = self._settings.discord.guild_id
                return await do(self.client.get_partial_messageable(int(address.thread), guild_id=server))
            return await self._channels.use(int(address.chat), do)

    async def show_membership(self, membership: Membership) -> None:
        """Give a member of the server the nickname and roles that `membership` asks for.

        Does nothing for a person who is not in the server. Raises RetryLater for a temporary error.
        """
        with classified():
            await self._login()
        await update_member(self.client, self._settings.discord, membership)
