"""What people wrote in private while the bot was away, which Discord delivers to nobody: fetched, and taken in order.

A gateway session that cannot be resumed begins without what was written before. So each new session reads the private
channels of the people of the gathering, as far back as the last thing heard of each, a day at most. A message's own id
is that of its update: taken twice, it changes nothing.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

import discord
import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.content.errors import PlatformError, RetryLater
from bot.conversation import inbox_store, missed_store
from bot.conversation.missed_store import Listened
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.platforms.discord.faults import classified
from bot.platforms.discord.gate import Lane, in_lane
from bot.platforms.discord.interactions import InteractionHandler, is_from_a_person
from bot.platforms.discord.private_channels import PrivateChannels
from bot.platforms.discord.reading import PLATFORM, read_edit

log = structlog.get_logger()

LOOKED_BACK = timedelta(hours=24)
"""How far back is looked: as long as Telegram keeps what nobody fetches."""
_OVERLAP = timedelta(minutes=2)
"""By how much further back than the last thing heard: what came before that may have been under way at the end."""
_PAGE = 100
_MOST = 2000
"""Messages of one channel that are looked at: nobody writes so many in a day."""
_AT_ONCE = 8
"""Channels that are read at a time: enough for the allowed pace at any latency."""
_PATIENCE = 2.0
"""Seconds of real time that something new waits for what its writer wrote before."""
_AGAIN_AFTER = 5.0
_BACKOFF = Backoff(first=_AGAIN_AFTER, longest=300.0)

T = TypeVar("T")


class CatchingUp:
    """Takes what was missed, person by person, those who were active last before the others."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        interactions: InteractionHandler,
        channels: PrivateChannels,
        first: Callable[[], Awaitable[None]],
    ) -> None:
        """`first` runs before what was missed is taken."""
        self._store = store
        self._clock = clock
        self._interactions = interactions
        self._channels = channels
        self._first = first
        self._serving: asyncio.Task[None] | None = None
        self._known = asyncio.Event()
        self._known.set()
        self._due: dict[int, Listened] = {}
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._taken = 0

    def begin(self) -> None:
        """A new session is up: what was written before may be missing. Called before anything of it is delivered."""
        if self._serving:
            self._serving.cancel()
        self._known.clear()
        self._due.clear()
        self._serving = asyncio.create_task(self._serve(self._clock.now(), self._serving))

    async def before(self, user_id: int, patiently: bool = False) -> None:
        """Take what a person wrote before, if that is not done: something new came of them.

        Waits for it a moment, or, where nobody waits for an answer, `patiently` until it is done. Should another
        session begin meanwhile, what came goes first.
        """
        if self._known.is_set() and not self._due and not self._under_way:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(None if patiently else _PATIENCE):
                await self._known.wait()
                if task := self._start(user_id, "prompt"):
                    await asyncio.wait((task,))

    async def stop(self) -> None:
        """Leave what is not taken to the next session."""
        if self._serving:
            self._serving.cancel()
            await asyncio.wait((self._serving,))
            self._serving = None
        self._known.set()

    # --- a session

    async def _serve(self, began: datetime, earlier: asyncio.Task[None] | None) -> None:
        if earlier:
            await asyncio.wait((earlier,))
        try:
            await self._list(began)
            try:
                await self._first()
            except Exception:
                log.exception("discord.catch_up_preparation_failed")
            people = len(self._due)
            await self._take_all()
            await self._patiently(lambda: self._store.transact(lambda tx: missed_store.end(tx, PLATFORM)))
            log.info("discord.caught_up", people=people, messages=self._taken)
        except Exception:
            log.exception("discord.catch_up_failed")
        finally:
            self._known.set()
            self._due.clear()
            for task in self._under_way.values():
                task.cancel()

    async def _list(self, began: datetime) -> None:
        """Find out whom to ask, the last active first."""

        async def unit() -> list[Listened]:
            since = await self._store.transact(lambda tx: missed_store.begin(tx, PLATFORM, began))
            return list(await self._store.read(lambda tx: missed_store.accounts(tx, PLATFORM, since)))

        self._taken = 0
        self._due = {int(each.native_id): each for each in await self._patiently(unit)}
        self._known.set()

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        """Ask the store until it answers."""
        while True:
            try:
                return await work()
            except StoreUnavailable:
                await self._clock.sleep(_AGAIN_AFTER)

    async def _take_all(self) -> None:
        while self._due or self._under_way:
            while self._due and len(self._under_way) < _AT_ONCE:
                self._start(next(iter(self._due)), "missed")
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)

    def _start(self, user_id: int, lane: Lane) -> asyncio.Task[None] | None:
        """The task that takes what a person wrote; None where that is done."""
        if task := self._under_way.get(user_id):
            return task
        listened = self._due.pop(user_id, None)
        if listened is None:
            return None
        with in_lane(lane):
            task = self._under_way[user_id] = asyncio.create_task(self._take(user_id, listened))
        task.add_done_callback(lambda done: self._ended(user_id, done))
        return task

    def _ended(self, user_id: int, task: asyncio.Task[None]) -> None:
        if self._under_way.get(user_id) is task:
            del self._under_way[user_id]

    # --- one person

    async def _take(self, user_id: int, listened: Listened) -> None:
        """Take what one person wrote, as often as Discord asks for patience."""
        for failures in itertools.count(1):
            try:
                for message, edited in await self._read(user_id, listened):
                    if not await self._store.read(lambda tx: missed_store.is_linked(tx, PLATFORM, listened)):
                        return  # a stranger wrote that, and was answered by nobody then
                    if not await self._interactions.take_missed(message, edited=edited):
                        raise RetryLater("the store does not answer")
                    await self._note_change(message)
                    self._taken += 1
                return
            except RetryLater as error:
                pause = error.seconds or _BACKOFF.after(failures)
            except StoreUnavailable:
                pause = _BACKOFF.after(failures)
            except PlatformError as error:  # the account is gone, perhaps: nothing can be missed there
                log.info("discord.private_channel_unreadable", reason=str(error))
                return
            except Exception:
                log.exception("discord.private_channel_failed")
                return
            await self._clock.sleep(pause)

    async def _note_change(self, message: discord.Message) -> None:
        """Note that a message was taken with its last change: it is not to undo what is done later by other means."""
        if edited := read_edit(message):
            update_id, native_id = edited[0], str(message.author.id)

            async def unit(tx: Transaction) -> None:
                if await inbox_store.receive(tx, PLATFORM, update_id, native_id, native_id, self._clock.now()):
                    await inbox_store.mark_answered(tx, ((PLATFORM, update_id),))

            await self._store.transact(unit)

    async def _read(self, user_id: int, listened: Listened) -> list[tuple[discord.Message, bool]]:
        """What they wrote and nobody took, oldest first, and whether it is a change of what was taken.

        Raises a PlatformError, or StoreUnavailable.
        """
        oldest = max(self._clock.now() - LOOKED_BACK, listened.linked)
        last = int(listened.last_update.partition(".")[0] or 0)
        floor = max(discord.utils.time_snowflake(oldest), last - _snowflakes(_OVERLAP))
        found = await self._fetch(user_id, floor)
        ids = {update_id for message in found for update_id in _update_ids(message)}
        known = await self._store.read(lambda tx: inbox_store.known(tx, PLATFORM, ids))
        news = []
        for message in reversed(found):
            edited = read_edit(message)
            if message.id > floor and str(message.id) not in known:
                news.append((message, False))
            elif edited and edited[0] not in known and message.edited_at and message.edited_at > oldest:
                news.append((message, True))
        return news

    async def _fetch(self, user_id: int, floor: int) -> list[discord.Message]:
        """What a person wrote in private, the newest first: all after `floor`, and what stands on the same page."""

        async def read(channel: discord.PartialMessageable) -> list[discord.Message]:
            return [message async for message in _history(channel, floor)]

        with classified():
            return await self._channels.use(user_id, read)


async def _history(channel: discord.PartialMessageable, floor: int) -> AsyncIterator[discord.Message]:
    """A channel's messages of its person, page by page, until a page reaches down to `floor`."""
    seen = 0
    async for message in channel.history(limit=_MOST):
        seen += 1
        if is_from_a_person(message):
            yield message
        if message.id <= floor and seen >= _PAGE:
            return


def _update_ids(message: discord.Message) -> tuple[str, ...]:
    """Under which ids a message, and the last change of it, are noted once they are taken."""
    edited = read_edit(message)
    return (str(message.id), edited[0]) if edited else (str(message.id),)


def _snowflakes(span: timedelta) -> int:
    """By how much ids grow in a time."""
    return int(span.total_seconds() * 1000) << 22
