"""Keeps the open event streams of pages: connections by which a page is notified of changes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.metrics import STREAMS


@dataclass(eq=False, slots=True)
class PageStream:
    """One open event stream, a connection through which a page in a browser is notified of changes.

    `woken` becomes True whenever the page changed, `displaced` when newer streams of the same person replaced this one.
    `gone` returns whether the browser has disconnected, which the stream itself would only notice when it writes.
    """

    gone: Callable[[], bool]
    browser: str = ""
    """The id of the browser at its other end if its owner has not confirmed that browser yet, otherwise ''."""
    woken: bool = False
    displaced: bool = False
    _waiting: asyncio.Future[None] | None = field(default=None, init=False)
    """What the stream waits for. An asyncio.Event would take most of a KiB, and thousands of streams are open."""

    def wake(self) -> None:
        """Let the event stream send the browser what changed."""
        self.woken = True
        self._go_on()

    async def woken_within(self, seconds: float) -> bool:
        """Wait until a change wakes the event stream, at most `seconds`; return whether it was woken."""
        if not self.woken:
            loop = asyncio.get_running_loop()
            self._waiting = loop.create_future()
            timer = loop.call_later(seconds, self._go_on)
            try:
                await self._waiting
            finally:
                timer.cancel()
        return self.woken

    def _go_on(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


class Streams:
    """The event streams of this program, which are connections through which open pages are notified of changes.

    There are at most `most` at a time, because each uses a connection that others may need.
    """

    def __init__(self, most: int, told: Callable[[int], None] = lambda _participant_id: None) -> None:
        """`told` is called with the id of each person whose page changed, to notify the streams of other programs."""
        self._most = most
        self._told = told
        self._count = 0
        self._open: dict[int, list[PageStream]] = {}
        self.ending = False

    @property
    def full(self) -> bool:
        """Return whether as many event streams to pages are open as are allowed.

        If there are, a browser gets the present changes without a stream, and asks again later.
        """
        if self._count >= self._most:
            for participant_id in list(self._open):
                self._forget_gone(participant_id)
        return self._count >= self._most

    @contextmanager
    def listening(
        self, participant_id: int, at_most: int, gone: Callable[[], bool], *, browser: str = ""
    ) -> Iterator[PageStream]:
        """Open an event stream to a person's page, and yield it; it ends with the `with` block.

        The stream's `woken` is set whenever the page changes; the caller clears it before reading the changes. A person
        can have `at_most` streams: one more ends the oldest. `browser` is the id of the browser if its owner has not
        confirmed it, otherwise ''. Streams to such a browser are counted separately, and do not end streams to other
        browsers. `gone` returns whether the browser has disconnected.
        """
        self._forget_gone(participant_id)
        stream = PageStream(gone, browser)
        self._open.setdefault(participant_id, []).append(stream)
        self._count += 1
        STREAMS.add(1)
        for oldest in [each for each in self._open[participant_id] if each.browser == browser][:-at_most]:
            self._displace(participant_id, oldest)
        try:
            yield stream
        finally:
            self._leave(participant_id, stream)

    def wake(self, participant_id: int) -> None:
        """Let a person's open pages show what changed, including pages that other programs serve."""
        self.wake_here((participant_id,))
        self._told(participant_id)

    def wake_here(self, participant_ids: Collection[int] | None) -> None:
        """Let some people's open pages show what changed, if this program serves them; None for everyone's pages."""
        for participant_id in self._open if participant_ids is None else participant_ids:
            for stream in self._open.get(participant_id, ()):
                stream.wake()

    def end(self) -> None:
        """End every event stream to open pages, because open streams would delay the server's shutdown."""
        self.ending = True
        self.wake_here(None)

    def start(self) -> None:
        """Allow event streams again, after `end`."""
        self.ending = False

    def _forget_gone(self, participant_id: int) -> None:
        for stream in list(self._open.get(participant_id, ())):
            if stream.gone():
                self._displace(participant_id, stream)

    def _displace(self, participant_id: int, stream: PageStream) -> None:
        stream.displaced = True
        stream.wake()
        self._leave(participant_id, stream)

    def _leave(self, participant_id: int, stream: PageStream) -> None:
        present = self._open.get(participant_id, [])
        if stream in present:
            present.remove(stream)
            self._count -= 1
            STREAMS.add(-1)
        if not present:
            self._open.pop(participant_id, None)
