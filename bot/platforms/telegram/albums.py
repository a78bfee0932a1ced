"""When an album is whole: Telegram sends its pictures one by one, and never says which is the last."""

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
from bot.platforms.telegram.reading import PLATFORM, Read
from bot.platforms.telegram.replies import Replies

QUIET = 1.5
"""Seconds after a picture in which the next one of its album would have come."""


class Albums:
    """Waits, for each album, until no more of it comes. What came is in the store: a restart only waits anew."""

    def __init__(self, clock: Clock, store: Store, dispatcher: Dispatcher, replies: Replies) -> None:
        self._clock = clock
        self._store = store
        self._dispatcher = dispatcher
        self._replies = replies
        self._waiting: dict[tuple[str, str], asyncio.Task[None]] = {}

    def came(self, chat: str, album: str) -> None:
        """Another part is in the store: the wait begins anew."""
        if before := self._waiting.get((chat, album)):
            before.cancel()
        self._waiting[chat, album] = asyncio.create_task(self._wait(chat, album))

    async def resume(self) -> None:
        """Wait for what had come when the program ended."""
        with contextlib.suppress(StoreUnavailable):
            for chat, album in await self._store.read(lambda tx: album_store.waiting_albums(tx, PLATFORM)):
                self.came(chat, album)

    async def stop(self) -> None:
        """Wait no longer."""
        waiting = list(self._waiting.values())
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _wait(self, chat: str, album: str) -> None:
        try:
            await self._clock.sleep(QUIET)
        finally:
            if self._waiting.get((chat, album)) is asyncio.current_task():
                del self._waiting[chat, album]
        await self._take(chat, album)

    async def _take(self, chat: str, album: str) -> None:
        """Answer an album that is whole, as if it had come at once."""
        sender = Actor(chat, "", None, chat)  # a private chat has its person's id
        incoming = Incoming(PLATFORM, album_id(album), sender, Gathered(album))
        read = Read(incoming, int(chat))
        with under_reference(incoming.reference):
            answered = await self._dispatcher.handle(incoming)
            await self._replies.start(read.chat_id, partial(self._replies.answer, read, answered, acknowledge=False))
