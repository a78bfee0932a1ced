"""When an album is whole: Telegram sends its pictures one by one, and never says which is the last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.clock import Clock

QUIET = 1.5
"""Seconds after a picture in which the next one of its album would have come."""


class Albums:
    """Waits, for each album, until no more of it comes. What came is in the store: a restart only waits anew."""

    def __init__(self, clock: Clock, whole: Callable[[str, str], Awaitable[None]]) -> None:
        """`whole` is called with chat and album, once each time an album has been quiet."""
        self._clock = clock
        self._whole = whole
        self._waiting: dict[tuple[str, str], asyncio.Task[None]] = {}

    def came(self, chat: str, album: str) -> None:
        """Another part is in the store: the wait begins anew."""
        if before := self._waiting.get((chat, album)):
            before.cancel()
        self._waiting[chat, album] = asyncio.create_task(self._wait(chat, album))

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
        await self._whole(chat, album)
