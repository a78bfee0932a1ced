"""Waits until an album is complete: Telegram sends its pictures one by one, and never says which is the last."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial

from bot.clock import Clock
from bot.conversation import album_store
from bot.conversation.dispatch import Dispatcher
from bot.conversation.incoming import Actor, Gathered, Incoming, album_id
from bot.database.engine import Store, StoreUnavailable
from bot.logs import under_reference
from bot.platforms.telegram.reading import PLATFORM, ReadUpdate
from bot.platforms.telegram.replies import Replies

QUIET = 1.5
"""The seconds without another picture after which an album counts as complete."""


class Albums:
    """Waits until all parts of an album (pictures sent together) have arrived, and then answers them as one message.

    The parts are stored, so that after a restart only the waiting begins again. If the parts of one album arrive at
    several programs, each program waits until no part has arrived at any of them for a while. The first program that
    notices this answers the album.
    """

    def __init__(self, clock: Clock, store: Store, dispatcher: Dispatcher, replies: Replies) -> None:
        self._clock = clock
        self._store = store
        self._dispatcher = dispatcher
        self._replies = replies
        self._waiting: dict[tuple[str, str], asyncio.Task[None]] = {}

    def part_stored(self, chat: str, album: str) -> None:
        """Start again to wait for the rest of an album (pictures sent together), because another part was stored."""
        if before := self._waiting.get((chat, album)):
            before.cancel()
        self._waiting[chat, album] = asyncio.create_task(self._wait(chat, album))

    async def resume(self) -> None:
        """Wait again for the albums (pictures sent together) that were incomplete when a program ended."""
        with contextlib.suppress(StoreUnavailable):
            for chat, album in await self._store.read(lambda tx: album_store.waiting_albums(tx, PLATFORM)):
                if (chat, album) not in self._waiting:
                    self.part_stored(chat, album)

    async def stop(self) -> None:
        """Stop waiting for albums; `resume` continues at the next start."""
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self, chat: str, album: str) -> None:
        try:
            left = QUIET
            while left > 0:
                await self._clock.sleep(left)
                left = await self._left(chat, album)
        finally:
            if self._waiting.get((chat, album)) is asyncio.current_task():
                del self._waiting[chat, album]
        await self._take(chat, album)

    async def _left(self, chat: str, album: str) -> float:
        """Return for how many seconds an album must be quiet yet, as a part may have come at another program."""
        try:
            came_at = await self._store.read(lambda tx: album_store.last_came(tx, PLATFORM, chat, album))
        except StoreUnavailable:
            return QUIET
        if came_at is None:  # another program has answered the album
            return 0.0
        return min(QUIET, QUIET - (self._clock.now() - came_at).total_seconds())

    async def _take(self, chat: str, album: str) -> None:
        """Answer a complete album as one message."""
        sender = Actor(chat, "", None, chat)  # a private chat has its person's id
        incoming = Incoming(PLATFORM, album_id(album), sender, Gathered(album))
        update = ReadUpdate(incoming, int(chat))
        with under_reference(incoming.reference):
            answered = await self._dispatcher.handle(incoming)
            answer = partial(self._replies.answer, update, answered, acknowledge=False)
            await self._replies.start(update.chat_id, answer)
