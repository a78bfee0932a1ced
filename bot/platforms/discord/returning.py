"""Who left the server and came back: noticed at their next press or message, as only a privileged intent would tell."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta

import discord
import structlog

from bot.clock import Clock
from bot.database.engine import Store, StoreUnavailable
from bot.delivery import outbox
from bot.platforms.discord.faults import ERRORS, classify
from bot.platforms.discord.reading import PLATFORM

log = structlog.get_logger()

_LOOKED_EVERY = timedelta(hours=1)
"""How often Discord is asked about someone who acts in private, where it does not say when they entered."""
_REMEMBERED = 10_000


class Returns:
    """What is known of when people entered the server."""

    def __init__(
        self, store: Store, clock: Clock, login: Callable[[], Awaitable[discord.Client]], guild_id: int | None
    ) -> None:
        """`login` gives a client that is logged in."""
        self._store = store
        self._clock = clock
        self._login = login
        self._guild_id = guild_id
        self._entered: OrderedDict[int, datetime] = OrderedDict()
        self._looked: OrderedDict[int, datetime] = OrderedDict()
        self._under_way: set[asyncio.Task[None]] = set()

    def acted(self, user: discord.User | discord.Member) -> None:
        """Someone pressed or wrote something. What follows from it delays no answer."""
        if self._guild_id is None:
            return
        if isinstance(user, discord.Member):
            if user.guild.id == self._guild_id:
                self._note(user.id, user.joined_at)
            return
        now = self._clock.now()
        if user.id not in self._looked or self._looked[user.id] <= now - _LOOKED_EVERY:
            _keep(self._looked, user.id, now)
            self._beside(self._look(user.id, self._guild_id))

    async def stop(self) -> None:
        """Let go of what is under way: it is looked at again after the next start."""
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)

    def _note(self, user_id: int, entered: datetime | None) -> None:
        if entered is not None and self._entered.get(user_id) != entered:
            _keep(self._entered, user_id, entered)
            self._beside(self._give_back(user_id, entered))

    async def _look(self, user_id: int, guild_id: int) -> None:
        try:
            client = await self._login()
            guild = client.get_guild(guild_id) or await client.fetch_guild(guild_id)
            self._note(user_id, (await guild.fetch_member(user_id)).joined_at)
        except (discord.NotFound, discord.Forbidden):
            pass  # who acts is not in the server
        except ERRORS as error:
            log.info("discord.return_unknown", reason=str(classify(error)))

    async def _give_back(self, user_id: int, entered: datetime) -> None:
        now = self._clock.now()
        try:
            await self._store.transact(lambda tx: outbox.came_back(tx, PLATFORM, str(user_id), entered, now))
        except StoreUnavailable:
            self._entered.pop(user_id, None)  # the next press tries again

    def _beside(self, doing: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(doing)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _keep(known: OrderedDict[int, datetime], user_id: int, at: datetime) -> None:
    known[user_id] = at
    if len(known) > _REMEMBERED:
        known.popitem(last=False)
