"""Open event streams: who is looking at a page now, and how they are woken when it changes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

BEAT = 15.0
"""Seconds after which a stream looks for itself: another copy of the program may have written; proxies cut silence."""


@dataclass(eq=False, slots=True)
class PageStream:
    """One open stream: `woken` whenever the page changed, `displaced` once newer ones of the same person took over.

    `gone` tells that its browser has hung up, of which a stream learns only when it says something.
    """

    gone: Callable[[], bool]
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    displaced: bool = False


class Streams:
    """The streams of this program, at most so many at a time: each holds a connection that others may need."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._open: dict[int, list[PageStream]] = {}
        self.ending = False

    @property
    def full(self) -> bool:
        """Whether no stream should stay open besides those there are; who asks gets what is new, and asks again."""
        if self._count >= self._most:
            for participant_id in list(self._open):
                self._forget_gone(participant_id)
        return self._count >= self._most

    @contextmanager
    def listening(self, participant_id: int, at_most: int, gone: Callable[[], bool]) -> Iterator[PageStream]:
        """Woken whenever the person's page changes; the listener clears that before it looks.

        Of one person so many listen: one more displaces the one that has listened longest.
        """
        self._forget_gone(participant_id)
        mine = PageStream(gone)
        self._open.setdefault(participant_id, []).append(mine)
        self._count += 1
        for oldest in self._open[participant_id][:-at_most]:
            self._displace(participant_id, oldest)
        try:
            yield mine
        finally:
            self._leave(participant_id, mine)

    def wake(self, participant_id: int) -> None:
        """The person's page changed."""
        for listener in self._open.get(participant_id, ()):
            listener.woken.set()

    def end(self) -> None:
        """Let every stream end: they would hold the server's clean-up."""
        self.ending = True
        for participant_id in self._open:
            self.wake(participant_id)

    def start(self) -> None:
        """Take streams (again)."""
        self.ending = False

    def _forget_gone(self, participant_id: int) -> None:
        for listener in list(self._open.get(participant_id, ())):
            if listener.gone():
                self._displace(participant_id, listener)

    def _displace(self, participant_id: int, listener: PageStream) -> None:
        listener.displaced = True
        listener.woken.set()
        self._leave(participant_id, listener)

    def _leave(self, participant_id: int, listener: PageStream) -> None:
        present = self._open.get(participant_id, [])
        if listener in present:
            present.remove(listener)
            self._count -= 1
        if not present:
            self._open.pop(participant_id, None)


async def beat(woken: asyncio.Event) -> None:
    """Wait until woken, or until it is time to look anyway."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(BEAT):
            await woken.wait()
