"""Fetches the private messages that people wrote while the bot was disconnected, and has them handled in order.

A gateway session (a connection to Discord) that cannot be resumed begins without the messages that were written before
it. So each new session reads the private channels of the gathering's people, back to the last update of each person, a
day at most. The id of a message is also the id of its update: a message that is handled twice changes nothing.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import discord
import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.content.errors import PlatformError, RetryLater
from bot.conversation import inbox_store, missed_store
from bot.conversation.missed_store import Listened
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.database.retrying import retry_until_available
from bot.platforms.discord.faults import classified
from bot.platforms.discord.gate import Priority, with_priority
from bot.platforms.discord.interactions import InteractionHandler, is_from_a_person
from bot.platforms.discord.private_channels import PrivateChannels
from bot.platforms.discord.reading import PLATFORM, read_edit

log = structlog.get_logger()

LOOKED_BACK = timedelta(hours=24)
"""How far back missed messages are read: as long as Telegram, for comparison, stores updates that no bot fetches."""
_OVERLAP = timedelta(minutes=2)
"""How far before a person's last update messages are read, because an earlier one may not have been handled."""
_PAGE = 100
_MOST = 2000
"""The most messages that are read of one channel: nobody writes so many in a day."""
_AT_ONCE = 8
"""How many channels are read at a time: enough for the allowed rate of calls at any latency."""
_PATIENCE = 2.0
"""The most seconds of real time that a new message waits for missed messages of the same person."""
_AGAIN_AFTER = 5.0
_BACKOFF = Backoff(first=_AGAIN_AFTER, longest=300.0)

T = TypeVar("T")


class CatchingUp:
    """Handles the private messages that people wrote while the bot was disconnected, recently active people first."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        interactions: InteractionHandler,
        channels: PrivateChannels,
        first: Callable[[], Awaitable[None]],
    ) -> None:
        """`first` is awaited before any missed message is handled."""
        self._store = store
        self._clock = clock
        self._interactions = interactions
        self._channels = channels
        self._first = first
        self._serving: asyncio.Task[None] | None = None
        self._listed = asyncio.Event()
        self._listed.set()
        self._due: dict[int, Listened] = {}
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._taken = 0

    def start_session(self) -> None:
        """Start to handle, in the background, the messages that people wrote before a new connection to Discord.

        Call this before any event of the connection is delivered.
        """
        if self._serving:
            self._serving.cancel()
        self._listed.clear()
        self._due.clear()
        self._serving = asyncio.create_task(self._serve(self._clock.now(), self._serving))

    async def take_missed_of(self, user_id: int, patiently: bool = False) -> None:
        """Handle the messages that a person wrote while the bot was disconnected, so that a newer message can follow.

        Returns once these messages are handled, at the latest after two seconds. With `patiently`, which is for newer
        messages to which nobody awaits an answer, there is no such limit. If another connection to Discord begins
        meanwhile, this returns early, and the newer message is handled first.
        """
        if self._listed.is_set() and not self._due and not self._under_way:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(None if patiently else _PATIENCE):
                await self._listed.wait()
                if task := self._start(user_id, "prompt"):
                    await asyncio.wait((task,))

    async def stop(self) -> None:
        """Stop handling missed messages; the remaining ones are handled with the next connection to Discord."""
        if self._serving:
            self._serving.cancel()
            await asyncio.wait((self._serving,))
            self._serving = None
        self._listed.set()

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
            ended = partial(self._store.transact, lambda tx: missed_store.end(tx, PLATFORM))
            await retry_until_available(ended, self._clock, _AGAIN_AFTER)
            log.info("discord.caught_up", people=people, messages=self._taken)
        except Exception:
            log.exception("discord.catch_up_failed")
        finally:
            self._listed.set()
            self._due.clear()
            for task in self._under_way.values():
                task.cancel()

    async def _list(self, began: datetime) -> None:
        """List the accounts whose channels have to be read, the last active first."""

        async def read_accounts() -> list[Listened]:
            since = await self._store.transact(lambda tx: missed_store.begin(tx, PLATFORM, began))
            return list(await self._store.read(lambda tx: missed_store.accounts(tx, PLATFORM, since)))

        self._taken = 0
        accounts = await retry_until_available(read_accounts, self._clock, _AGAIN_AFTER)
        self._due = {int(account.native_id): account for account in accounts}
        self._listed.set()

    async def _take_all(self) -> None:
        while self._due or self._under_way:
            while self._due and len(self._under_way) < _AT_ONCE:
                self._start(next(iter(self._due)), "missed")
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)

    def _start(self, user_id: int, priority: Priority) -> asyncio.Task[None] | None:
        """Return the task that handles the missed messages of a person, started if needed; None if none are left."""
        if task := self._under_way.get(user_id):
            return task
        listened = self._due.pop(user_id, None)
        if listened is None:
            return None
        with with_priority(priority):
            task = self._under_way[user_id] = asyncio.create_task(self._take(user_id, listened))
        task.add_done_callback(lambda ended: self._ended(user_id, ended))
        return task

    def _ended(self, user_id: int, task: asyncio.Task[None]) -> None:
        if self._under_way.get(user_id) is task:
            del self._under_way[user_id]

    # --- one person

    async def _take(self, user_id: int, listened: Listened) -> None:
        """Take what one person wrote, with pauses where Discord asks for them."""
        for failures in itertools.count(1):
            try:
                for message, edited in await self._read(user_id, listened):
                    if not await self._store.read(lambda tx: missed_store.is_linked(tx, PLATFORM, listened)):
                        return  # the account was linked later, so this was a stranger's message
                    if not await self._interactions.take_missed(message, edited=edited):
                        raise RetryLater("the store does not answer")
                    await self._note_change(message)
                    self._taken += 1
                return
            except RetryLater as error:
                pause = error.seconds or _BACKOFF.after(failures)
            except StoreUnavailable:
                pause = _BACKOFF.after(failures)
            except PlatformError as error:  # the account may not exist any more
                log.info("discord.private_channel_unreadable", reason=str(error))
                return
            except Exception:
                log.exception("discord.private_channel_failed")
                return
            await self._clock.sleep(pause)

    async def _note_change(self, message: discord.Message) -> None:
        """Mark the last edit of a handled message as handled too, so that it is not applied again later."""
        if edited := read_edit(message):
            update_id, native_id = edited[0], str(message.author.id)

            async def mark_taken(tx: Transaction) -> None:
                if await inbox_store.receive(tx, PLATFORM, update_id, native_id, native_id, self._clock.now()):
                    await inbox_store.mark_answered(tx, ((PLATFORM, update_id),))

            await self._store.transact(mark_taken)

    async def _read(self, user_id: int, listened: Listened) -> list[tuple[discord.Message, bool]]:
        """Return the messages of a person that were not handled, oldest first, each with whether it is an edit.

        An edit is one of a message that was handled before. Raises a PlatformError, or StoreUnavailable.
        """
        oldest = max(self._clock.now() - LOOKED_BACK, listened.linked)
        last = int(listened.last_update.partition(".")[0] or 0)
        floor = max(discord.utils.time_snowflake(oldest), last - _snowflakes(_OVERLAP))
        messages = await self._fetch(user_id, floor)
        ids = {update_id for message in messages for update_id in _update_ids(message)}
        taken_ids = await self._store.read(lambda tx: inbox_store.known(tx, PLATFORM, ids))
        missed = []
        for message in reversed(messages):
            edited = read_edit(message)
            if message.id > floor and str(message.id) not in taken_ids:
                missed.append((message, False))
            elif edited and edited[0] not in taken_ids and message.edited_at and message.edited_at > oldest:
                missed.append((message, True))
        return missed

    async def _fetch(self, user_id: int, floor: int) -> list[discord.Message]:
        """Return what a person wrote in private, the newest first: at least all after the message id `floor`."""

        async def read(channel: discord.PartialMessageable) -> list[discord.Message]:
            return [message async for message in _history(channel, floor)]

        with classified():
            return await self._channels.use(user_id, read)


async def _history(channel: discord.PartialMessageable, floor: int) -> AsyncIterator[discord.Message]:
    """Yield a channel's messages of its person, page by page, until a page reaches back to the message id `floor`."""
    read = 0
    async for message in channel.history(limit=_MOST):
        read += 1
        if is_from_a_person(message):
            yield message
        if message.id <= floor and read >= _PAGE:
            return


def _update_ids(message: discord.Message) -> tuple[str, ...]:
    """Return the ids of the updates that a message and its last edit are; the second only if it was edited."""
    edited = read_edit(message)
    return (str(message.id), edited[0]) if edited else (str(message.id),)


def _snowflakes(span: timedelta) -> int:
    """Return by how much message ids grow in a span of time."""
    return int(span.total_seconds() * 1000) << 22
