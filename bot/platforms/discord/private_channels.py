"""Finds private channels between the bot and people: Discord is asked once for each person's, and the id is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord

from bot.database.engine import Store, StoreUnavailable
from bot.people import participant_store
from bot.platforms.discord.reading import PLATFORM

_WRITTEN_AFTER = 0.5
"""Seconds of real time for which newly opened channels are collected, to store them in one transaction."""
_NOT_OURS = frozenset({10003, 50001})
"""Error codes for a channel that is missing or belongs to another bot, because the stored id is from another token."""


T = TypeVar("T")


class PrivateChannels:
    """Finds the private channel between the bot and a person, or the person to whom such a channel belongs."""

    def __init__(self, store: Store, login: Callable[[], Awaitable[discord.Client]]) -> None:
        """`login` returns a client that is logged in."""
        self._store = store
        self._login = login
        self._channels: dict[int, int] = {}
        self._people: dict[int, int] = {}
        self._loaded = False
        self._opened: dict[str, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()

    async def channel_of(self, user_id: int) -> discord.PartialMessageable:
        """Return the private channel of a person, which is opened first if needed. Raises exceptions of discord.py."""
        client = await self._login()
        await self._load()
        channel_id = self._channels.get(user_id)
        if channel_id is None:
            channel_id = (await client.create_dm(discord.Object(user_id))).id
            self._note(user_id, channel_id)
            self._write_soon(user_id, channel_id)
        return client.get_partial_messageable(channel_id)

    async def use(self, user_id: int, do: Callable[[discord.PartialMessageable], Awaitable[T]]) -> T:
        """Call the function `do` with the private channel of a person, and return the result of `do`.

        If the stored channel belongs to another bot or is missing, a new channel is opened and `do` is called again.
        Raises what `do` raises, and discord.py's exceptions if no channel can be opened.
        """
        was_stored = user_id in self._channels
        try:
            return await do(await self.channel_of(user_id))
        except discord.HTTPException as error:
            if error.code not in _NOT_OURS or not was_stored:
                raise
        self._people.pop(self._channels.pop(user_id, 0), None)
        return await do(await self.channel_of(user_id))

    async def owner_of(self, channel_id: int) -> int | None:
        """Return the id of the person to whom a private channel with the bot belongs; None if it is unknown."""
        await self._load()
        return self._people.get(channel_id)

    def note_channel(self, user_id: int, channel_id: int) -> None:
        """Remember in memory the private channel of a person who just wrote.

        The caller must store the channel together with what the person wrote.
        """
        self._note(user_id, channel_id)

    async def close(self) -> None:
        """Store the channels that were opened and are not stored yet, before the program ends."""
        if self._timer:
            self._timer.cancel()
        await self._write()
        if self._writing:
            await asyncio.wait(self._writing)

    def _note(self, user_id: int, channel_id: int) -> None:
        self._channels[user_id], self._people[channel_id] = channel_id, user_id

    async def _load(self) -> None:
        """Read the stored channels once; if the store does not answer, the next call tries again."""
        if self._loaded:
            return
        try:
            stored = await self._store.read(lambda tx: participant_store.private_chats(tx, PLATFORM))
        except StoreUnavailable:
            return
        self._loaded = True
        for user_id, channel_id in stored.items():
            if int(user_id) not in self._channels:
                self._note(int(user_id), int(channel_id))

    def _write_soon(self, user_id: int, channel_id: int) -> None:
        self._opened[str(user_id)] = str(channel_id)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_WRITTEN_AFTER, self._start_writing)

    def _start_writing(self) -> None:
        self._timer = None
        task = asyncio.create_task(self._write())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write(self) -> None:
        opened, self._opened = self._opened, {}
        if not opened:
            return
        try:
            await self._store.transact(lambda tx: participant_store.remember_private_chats(tx, PLATFORM, opened))
        except StoreUnavailable:
            self._opened = opened | self._opened  # together with channels opened meanwhile
