"""Reads what displays (live pages) show, once for all screens that show the same, and notifies them of changes.

A scene, what a display shows now, is read at once when a commit changed one of its tables, and soon when it changed a
busy one, as votes do. If programs are not notified of commits, as on SQLite, scenes are read periodically, at the same
pace.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Literal, NamedTuple

import structlog

from bot.clock import Clock
from bot.content.scenes import Scene, SceneClock
from bot.content.texts import Reader
from bot.conversation import display_store
from bot.conversation.display_store import DisplayLink
from bot.conversation.displays import Display
from bot.database.engine import Store, StoreUnavailable, Transaction
from bot.membership import erasure_store
from bot.metrics import STREAMS
from bot.platforms.web.streams import PageStream

log = structlog.get_logger()

MOST_SCREENS = 300
"""How many screens can show one subject at a time in each program: on walls, and of people who follow from afar."""
MOST_OF_ONE_LINK = 60
"""How many screens one link for walls can serve at a time, so that a leaked link does not block other links."""
MOST_OF_ONE_PERSON = 5
"""How many screens one person's own link can serve at a time, so that a shared link does not block screens on walls."""
HELD = timedelta(seconds=90)
"""How long the place of the first screen of a link is reserved while it is disconnected, perhaps only for a moment."""
Full = Literal["", "link", "screens"]
"""Why there is no room for a screen: «link» if its link serves its maximum, «screens» if all together do; or ''."""
_LOOK_AGAIN = 0.25
"""The seconds after which to look again if only busy tables changed, or if commits are not announced."""
_NET = 5.0
"""The seconds after which to look again although no change was announced, because a scene also depends on time."""
_AFTER_FAILURE = 5.0
_BETWEEN_LOOKS = 0.15
"""The fewest seconds between two looks, where one commit follows the other."""


class Screen(NamedTuple):
    """A screen that shows a display, which is a live page. It is identified by its link and its random word.

    `link` is the hash of the link that opened the display. `word` is a random word that the screen chose; '' if it sent
    none.
    """

    link: str
    word: str


@dataclass(slots=True)
class _First:
    """The screen that a link opened first among those that still show something; `left` is when it went away, if so."""

    screen: Screen
    subject: tuple[str, str]
    left: datetime | None = None


class Watched(NamedTuple):
    """The display (a live page) that screens show, by its kind and subject, and the reader of its texts."""

    kind: str
    subject: str
    reader: Reader


@dataclass(frozen=True, slots=True)
class ShownScene:
    """What a display (a live page) shows now: the scene, its HTML, and the hashes of the open links to the display.

    `scene` is None until it is first read. It is also None if the subject of the display was deleted; then `gone` is
    True. Scenes with the same `appearance` look the same at any one time: the HTML has a placeholder for the clock,
    which is filled in when the HTML is sent.
    """

    scene: Scene | None = None
    html: str = ""
    open_links: frozenset[str] = frozenset()
    gone: bool = False

    def opened_by(self, link_hash: str) -> bool:
        """Return whether the link with this hash may still show the live page.

        Before the page is first read, the result is True for every link.
        """
        return not self.gone and (self.scene is None or link_hash in self.open_links)

    @property
    def appearance(self) -> tuple[str, SceneClock | None]:
        """The HTML and the clock of the live page; when one of them changes, the page is sent to its screens again."""
        return self.html, self.scene.clock if self.scene else None


@dataclass(eq=False, slots=True)
class _Watch:
    """The look at one subject, which goes on while screens show it. `streams` has the screen of each.

    `current` says that `shown` was looked at after whatever was known to have changed. `changed` is set where another
    look is due, `woken` where it is due at once.
    """

    shown: ShownScene = field(default_factory=ShownScene)
    current: bool = False
    streams: dict[PageStream, Screen] = field(default_factory=dict)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


RenderScene = Callable[[Scene, Reader, str], Awaitable[str]]


class DisplayWatches:
    """Reads what the displays (live pages) of this program show, and notifies their screens of changes."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        displays: Mapping[str, Display],
        render: RenderScene,
        most_streams: int,
    ) -> None:
        """`render` returns the HTML of a scene; its third argument is the word of the latest erasure.

        All screens together have at most `most_streams` streams.
        """
        self._store = store
        self._clock = clock
        self._displays = displays
        self._render = render
        self._most_streams = most_streams
        self._watches: dict[Watched, _Watch] = {}
        self._looks: dict[Watched, asyncio.Task[ShownScene]] = {}
        self._firsts: dict[str, _First] = {}
        """The screen that each link opened first, by the link's hash."""
        self._numbers = count()
        self._opened: dict[PageStream, int] = {}
        """The streams in the order in which they were opened."""

    def full(self, watched: Watched, link: DisplayLink, word: str = "") -> Full:
        """Return why there is no room for another screen that shows a display (a live page); '' if there is room.

        «link» means that its link has opened too many screens. «screens» means that too many screens show this display,
        or that too many screens are open in total. `word` is the random word that identifies the screen, '' for none. A
        screen that comes back is not counted twice, and the place of a link's first screen is reserved for a while
        after it disconnects.
        """
        for watch in self._watches.values():
            watch.streams = {stream: screen for stream, screen in watch.streams.items() if not stream.gone()}
        self._look_for_firsts()
        mine = Screen(link.hash, word)
        first = self._firsts.get(link.hash)
        if word and first and first.screen == mine:
            return ""
        places = [
            (key[:2], screen)
            for key, watch in self._watches.items()
            for screen in watch.streams.values()
            if not (word and screen == mine)
        ]
        places += [(first.subject, first.screen) for first in self._firsts.values() if first.left is not None]
        of_link = sum(screen.link == link.hash for _subject, screen in places)
        if of_link >= (MOST_OF_ONE_LINK if link.participant_id is None else MOST_OF_ONE_PERSON):
            return "link"
        same = sum(subject == watched[:2] for subject, _screen in places)
        return "screens" if same >= MOST_SCREENS or len(places) >= self._most_streams else ""

    def _look_for_firsts(self) -> None:
        """Note which screen each link opened first. One that has been away for too long is followed by the next."""
        now = self._clock.now()
        open_now: dict[str, list[tuple[PageStream, _First]]] = {}
        for key, watch in self._watches.items():
            for stream, screen in watch.streams.items():
                if screen.word:
                    open_now.setdefault(screen.link, []).append((stream, _First(screen, (key.kind, key.subject))))
        for link in {*open_now, *self._firsts}:
            first, opened = self._firsts.get(link), open_now.get(link, [])
            if first and any(each.screen == first.screen for _stream, each in opened):
                first.left = None
            elif first and (first.left is None or now < first.left + HELD):
                first.left = first.left or now
            elif opened:
                self._firsts[link] = min(opened, key=lambda each: self._opened[each[0]])[1]
            else:
                del self._firsts[link]

    @contextmanager
    def following(
        self, watched: Watched, link: DisplayLink, gone: Callable[[], bool], word: str = ""
    ) -> Iterator[tuple[PageStream, Callable[[], ShownScene]]]:
        """Follow a display (a live page) for one screen inside the `with` block.

        Yields a stream that is woken whenever the display changed, and a function that returns what the display shows
        now. `link` is the link that opened the display. `gone` returns whether the browser has disconnected. `word` is
        the random word that identifies the screen, '' for none: if the same screen has an earlier stream, that stream
        ends.
        """
        screen = Screen(link.hash, word)
        for each in self._watches.values():
            for earlier in [stream for stream, other in each.streams.items() if word and other == screen]:
                earlier.displaced = True
                earlier.wake()
        watch = self._watches.setdefault(watched, _Watch())
        stream = PageStream(gone)
        watch.streams[stream] = screen
        self._opened[stream] = next(self._numbers)
        self._look_for_firsts()
        STREAMS.add(1)
        if watch.task is None:
            watch.task = asyncio.create_task(self._keep_looking(watched, watch))
        try:
            yield stream, lambda: watch.shown
        finally:
            STREAMS.add(-1)
            watch.streams.pop(stream, None)
            self._opened.pop(stream, None)
            self._look_for_firsts()
            if not watch.streams and self._watches.get(watched) is watch:
                watch.task.cancel()
                del self._watches[watched]

    def wake(self) -> None:
        """Read at once what the displays (live pages) show now, because something changed."""
        for watch in self._watches.values():
            watch.current = False
            watch.woken.set()
            watch.changed.set()

    def wake_soon(self) -> None:
        """Read within half a second what the displays (live pages) show, because something changed.

        This is for things that may change many times a second.
        """
        for watch in self._watches.values():
            watch.changed.set()

    async def close(self) -> None:
        """Stop reading what the displays (live pages) show."""
        tasks = [*(watch.task for watch in self._watches.values() if watch.task is not None), *self._looks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for watch in self._watches.values():
            for stream in watch.streams:
                stream.displaced = True
                stream.wake()
        self._watches.clear()

    async def _keep_looking(self, watched: Watched, watch: _Watch) -> None:
        while True:
            watch.woken.clear()
            watch.changed.clear()
            watch.current = False
            try:
                seen = await self.look(watched)
            except StoreUnavailable:  # clocks go on by themselves meanwhile
                again_in = _AFTER_FAILURE
            except Exception:
                log.exception("web.display_failed", kind=watched.kind)
                again_in = _AFTER_FAILURE
            else:
                again_in = _LOOK_AGAIN
                before, watch.shown, watch.current = watch.shown, seen, not watch.woken.is_set()
                if seen.gone or (seen.appearance, seen.open_links) != (before.appearance, before.open_links):
                    for stream in watch.streams:
                        stream.wake()
            await asyncio.sleep(_BETWEEN_LOOKS)
            if not await _set_within(watch.woken, again_in):
                unless_told = min(self._store.pause(timedelta(seconds=_LOOK_AGAIN)).total_seconds(), _NET)
                await _set_within(watch.changed, unless_told - _LOOK_AGAIN)

    async def present(self, watched: Watched) -> ShownScene:
        """Return what a display (a live page) shows now, for somebody who opens it.

        The result is at most a moment old. If no screen shows the display yet, it is read once for everybody who asks
        at the same time. Raises StoreUnavailable if it must be read and the database cannot be used.
        """
        watch = self._watches.get(watched)
        if watch is not None and watch.current:
            return watch.shown
        look = self._looks.get(watched)
        if look is None:
            look = self._looks[watched] = asyncio.create_task(self.look(watched))
            look.add_done_callback(partial(self._looked, watched))
        return await asyncio.shield(look)  # a reader who disconnects must not cancel it for the others

    def _looked(self, watched: Watched, look: asyncio.Task[ShownScene]) -> None:
        self._looks.pop(watched, None)
        if not look.cancelled():
            look.exception()  # all who asked may have hung up: else it would be logged as one that nobody noticed

    async def look(self, watched: Watched) -> ShownScene:
        """Read from the database what a display (a live page) shows now, and return it."""
        kind, subject, reader = watched

        async def read(tx: Transaction) -> tuple[Scene | None, frozenset[str], str]:
            links = await display_store.open_links(tx, kind, subject)
            scene = await self._displays[kind].draw(tx, subject, self._clock.now())
            return scene, links, await erasure_store.latest(tx)

        scene, links, erasure = await self._store.read(read)
        if scene is None:
            return ShownScene(gone=True)
        return ShownScene(scene, await self._render(scene, reader, erasure), links)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait until an event is set, for so many seconds at most. Returns whether it was."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
