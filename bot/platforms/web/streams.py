"""Open event streams: who is looking at a page now, and how they are woken when it changes."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

BEAT = 15.0
"""Seconds after which a stream looks for itself: another copy of the program may have written; proxies cut silence."""


class Streams:
    """The streams of this program."""

    def __init__(self) -> None:
        self._open: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self.ending = False

    @contextmanager
    def listening(self, participant_id: int) -> Iterator[asyncio.Event]:
        """Set whenever the person's page changed; the listener clears it before it looks."""
        woken = asyncio.Event()
        self._open[participant_id].add(woken)
        try:
            yield woken
        finally:
            self._open[participant_id].discard(woken)
            if not self._open[participant_id]:
                del self._open[participant_id]

    def wake(self, participant_id: int) -> None:
        """The person's page changed."""
        for woken in self._open.get(participant_id, ()):
            woken.set()

    def end(self) -> None:
        """Let every stream end: they would hold the server's clean-up."""
        self.ending = True
        for participant_id in self._open:
            self.wake(participant_id)

    def start(self) -> None:
        """Take streams (again)."""
        self.ending = False


async def beat(woken: asyncio.Event) -> None:
    """Wait until woken, or until it is time to look anyway."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(BEAT):
            await woken.wait()
