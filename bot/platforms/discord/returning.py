"""Notices people who left the server and came back, and gives them their nickname, roles and threads again.

Discord reports entries only to bots with a privileged intent. So a return is noticed with the next press or message.
"""

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
"""How often Discord is asked when a person entered the server, if they act in private, where it does not tell."""
_REMEMBERED = 10_000


class ReturningMembers:
    """Notices when people enter the server again, and gives them their nickname, roles and threads again."""

    def __init__(
        self, store: Store, clock: Clock, login: Callable[[], Awaitable[discord.Client]], guild_id: int | None
    ) -> None:
        """`login` returns a client that is logged in."""
        self._store = store
        self._clock = clock
        self._login = login
        self._guild_id = guild_id
        self._entered: OrderedDict[int, datetime] = OrderedDict()
        self._looked_up: OrderedDict[int, datetime] = OrderedDict()
        self._under_way: set[asyncio.Task[None]] = set()

    def note_activity(self, user: discord.User | discord.Member) -> None:
        """Check, in the background, whether a person who just did something has left the server and entered again."""
        if self._guild_id is None:
            return
        if isinstance(user, discord.Member):
            if user.guild.id == self._guild_id:
                self._note(user.id, user.joined_at)
            return
        now = self._clock.now()
        if user.id not in self._looked_up or self._looked_up[user.id] <= now - _LOOKED_EVERY:
            _remember(self._looked_up, user.id, now)
            self._start(self._look_up(user.id, self._guild_id))

    async def stop(self) -> None:
        """Cancel the running checks; after the next start, a person is checked again when they do something."""
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)

    def _note(self, user_id: int, entered: datetime | None) -> None:
        if entered is not None and self._entered.get(user_id) != entered:
            _remember(self._entered, user_id, entered)
            self._start(self._restore(user_id, entered))

    async def _look_up(self, user_id: int, guild_id: int) -> None:
        try:
            client = await self._login()
            guild = client.get_guild(guild_id) or await client.fetch_guild(guild_id)
            self._note(user_id, (await guild.fetch_member(user_id)).joined_at)
        except (discord.NotFound, discord.Forbidden):
            pass  # the person is not in the server
        except ERRORS as error:
            log.info("discord.return_unknown", reason=str(classify(error)))

    async def _restore(self, user_id: int, entered: datetime) -> None:
        now = self._clock.now()
        try:
            await self._store.transact(lambda tx: outbox.restore_membership(tx, PLATFORM, str(user_id), entered, now))
        except StoreUnavailable:
            self._entered.pop(user_id, None)  # the next press tries again

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _remember(instants: OrderedDict[int, datetime], user_id: int, at: datetime) -> None:
    instants[user_id] = at
    if len(instants) > _REMEMBERED:
        instants.popitem(last=False)
