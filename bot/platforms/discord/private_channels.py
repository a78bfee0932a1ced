"""Where people's private messages are: asked of Discord once for each person, and remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord

from bot.database.engine import Store, StoreUnavailable
from bot.people import participant_store
from bot.platforms.discord.reading import PLATFORM

_WRITTEN_AFTER = 0.5
"""Seconds of real time in which the channels that were opened are gathered into one transaction."""
_NOT_OURS = frozenset({10003, 50001})
"""No such channel, or another bot's: what was remembered is that of a bot with another token."""


T = TypeVar("T")


class PrivateChannels:
    """The private channels of the bot, by the id of the person."""

    def __init__(self, store: Store, login: Callable[[], Awaitable[discord.Client]]) -> None:
        """`login` gives a client that is logged in."""
        self._store = store
        self._login = login
        self._channels: dict[int, int] = {}
        self._people: dict[int, int] = {}
        self._loaded = False
        self._opened: dict[str, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()

    async def of(self, user_id: int) -> discord.PartialMessageable:
        """The channel of a person, opened if that was never done. Raises what the library raises."""
        client = await self._login()
        await self._load()
        channel_id = self._channels.get(user_id)
        if channel_id is None:
            channel_id = (await client.create_dm(discord.Object(user_id))).id
            self._note(user_id, channel_id)
            self._write_soon(user_id, channel_id)
        return client.get_partial_messageable(channel_id)

    async def use(self, user_id: int, do: Callable[[discord.PartialMessageable], Awaitable[T]]) -> T:
        """Do something in the channel of a person; where the remembered one is not ours, in the one opened instead.

        Raises what the library raises.
        """
        remembered = user_id in self._channels
        try:
            return await do(await self.of(user_id))
        except discord.HTTPException as error:
            if error.code not in _NOT_OURS or not remembered:
                raise
        self._people.pop(self._channels.pop(user_id, 0), None)
        return await do(await self.of(user_id))

    async def who(self, channel_id: int) -> int | None:
        """Whose private channel it is; None where that is not known."""
        await self._load()
        return self._people.get(channel_id)

    def heard(self, user_id: int, channel_id: int) -> None:
        """Someone wrote from there: it is theirs. That is written down with what they wrote."""
        self._note(user_id, channel_id)

    async def close(self) -> None:
        """Write down what was opened last."""
        if self._timer:
            self._timer.cancel()
        await self._write()
        if self._writing:
            await asyncio.wait(self._writing)

    def _note(self, user_id: int, channel_id: int) -> None:
        self._channels[user_id], self._people[channel_id] = channel_id, user_id

    async def _load(self) -> None:
        """Read once what is written down; a store that does not answer is asked again the next time."""
        if self._loaded:
            return
        try:
            known = await self._store.read(lambda tx: participant_store.private_chats(tx, PLATFORM))
        except StoreUnavailable:
            return
        self._loaded = True
        for user_id, channel_id in known.items():
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
            self._opened = opened | self._opened  # with what is opened next
