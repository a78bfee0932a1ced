"""The open event streams of pages: connections through which a page learns at once what changed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.metrics import STREAMS

BEAT = 15.0
"""The seconds after which a stream sends the time in any case: proxies close connections without traffic.

It reads the store then too where no other program tells what changed.
"""


@dataclass(eq=False, slots=True)
class PageStream:
    """One open stream to a browser.

    `woken` is set whenever the page changed, `displaced` becomes True when newer streams of the same person replaced
    this one. `gone` returns whether the browser has hung up, which a stream itself notices only when it writes.
    """

    gone: Callable[[], bool]
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    displaced: bool = False


class Streams:
    """The streams of this program, at most `most` at a time: each uses a connection that others may need."""

    def __init__(self, most: int, told: Callable[[int], None] = lambda _participant_id: None) -> None:
        """`told` is called with the id of each person whose page changed, for the streams of other programs."""
        self._most = most
        self._told = told
        self._count = 0
        self._open: dict[int, list[PageStream]] = {}
        self.ending = False

    @property
    def full(self) -> bool:
        """Whether no more streams may stay open: a browser is then told what is new, and asks again later."""
        if self._count >= self._most:
            for participant_id in list(self._open):
                self._forget_gone(participant_id)
        return self._count >= self._most

    @contextmanager
    def listening(self, participant_id: int, at_most: int, gone: Callable[[], bool]) -> Iterator[PageStream]:
        """Open a stream, whose `woken` is set whenever the person's page changes; it ends with the `with` block.

        The user of the stream clears `woken` before reading the changes. A person has `at_most` streams: one more
        displaces the oldest. `gone` returns whether the browser has hung up.
        """
        self._forget_gone(participant_id)
        stream = PageStream(gone)
        self._open.setdefault(participant_id, []).append(stream)
        self._count += 1
        STREAMS.add(1)
        for oldest in self._open[participant_id][:-at_most]:
            self._displace(participant_id, oldest)
        try:
            yield stream
        finally:
            self._leave(participant_id, stream)

    def wake(self, participant_id: int) -> None:
        """Make the streams of a person send what changed on the person's page, here and in other programs."""
        self.wake_here((participant_id,))
        self._told(participant_id)

    def wake_here(self, participant_ids: Collection[int] | None) -> None:
        """Make streams of this program send what changed on the pages of some people; None for everyone."""
        for participant_id in self._open if participant_ids is None else participant_ids:
            for stream in self._open.get(participant_id, ()):
                stream.woken.set()

    def end(self) -> None:
        """End every stream, because open ones would delay the server's shutdown."""
        self.ending = True
        self.wake_here(None)

    def start(self) -> None:
        """Allow streams (again)."""
        self.ending = False

    def _forget_gone(self, participant_id: int) -> None:
        for stream in list(self._open.get(participant_id, ())):
            if stream.gone():
                self._displace(participant_id, stream)

    def _displace(self, participant_id: int, stream: PageStream) -> None:
        stream.displaced = True
        stream.woken.set()
        self._leave(participant_id, stream)

    def _leave(self, participant_id: int, stream: PageStream) -> None:
        present = self._open.get(participant_id, [])
        if stream in present:
            present.remove(stream)
            self._count -= 1
            STREAMS.add(-1)
        if not present:
            self._open.pop(participant_id, None)


async def woken_within_beat(stream: PageStream) -> bool:
    """Wait until a stream is woken, for BEAT seconds at most. Returns whether it was."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(BEAT):
            await stream.woken.wait()
    return stream.woken.is_set()
