"""Reads the forms that people post, within limits of size, number and time.

The sender is known before a form is read. A form of text is small, and always read. A large body (photos) is received
only if the files are wanted, and is stored on the disk while it arrives: so many may arrive at the same time, even
slowly. Each person can send only one at a time, and a body that arrives too slowly is refused. After it has arrived, it
waits for one of a few slots, in which its files are in memory, lose their metadata and are stored; slow senders occupy
no slot. Organisers have one more slot.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog
from aiohttp import web

from bot.config.settings import LimitSettings
from bot.people import limits
from bot.people.browser_store import counted_in
from bot.people.participants import Participant
from bot.platforms.web.bodies import SMALL, DiskRoom, FormFiles, NotKept, Posted, ReceivedForm, TooManyWords, receive
from bot.platforms.web.connections import KNOWN
from bot.platforms.web.faults import BODY, PostRefused

log = structlog.get_logger()

ROOM = 1_000_000_000
"""The most bytes of disk that all bodies together may use while they arrive or wait, except organisers' bodies."""
_SLOT_WITHIN = 60.0
"""The most seconds that a large body waits for a slot."""
_SLOWEST = 50_000
"""A body must arrive at this many bytes a second, after the time that any body is given."""


class Posts:
    """Reads the forms that people post to one server, within limits of size, number and time."""

    def __init__(self, settings: LimitSettings) -> None:
        self._patience = settings.headers
        self._room = DiskRoom(ROOM)
        self._slots = asyncio.Semaphore(settings.bodies)
        self._organisers_slot = asyncio.Semaphore(1)
        self._people: Counter[tuple[int, str]] = Counter()

    @asynccontextmanager
    async def reading(
        self, request: web.Request, person: Participant, wanted: Callable[[], Awaitable[bool]], *, browser: str = ""
    ) -> AsyncIterator[Posted]:
        """Read the form that a person posts, and yield its fields.

        Until the `async with` block ends, other large forms of the person are refused. `wanted` is called for a large
        form and returns whether the bot has a use for its files. `browser` is the id of the sending browser if the
        person has not confirmed it, otherwise ''; each such browser is counted separately. Raises PostRefused if
        another large form of the person is being read, if the form arrives too slowly, or if its files cannot be taken.
        Raises HTTPRequestEntityTooLarge for a body that is too large, and HTTPBadRequest for a body that no browser
        sends.
        """
        request[KNOWN] = True
        length = request.content_length
        if length is not None and length > BODY:
            raise web.HTTPRequestEntityTooLarge(BODY)
        large = length is None or length > SMALL
        if large and request.content_type == "multipart/form-data" and await wanted():
            with self._only_one_of(person, browser), FormFiles(self._room, beyond=person.organises) as place:
                received = await self._receive(request.clone(client_max_size=BODY), place)
                async with self._slot(person):
                    yield await received.opened()
        elif length is not None and large:
            raise PostRefused(limits.files_unwanted(), 422)
        else:
            with FormFiles(self._room, beyond=True) as place:
                try:
                    received = await self._receive(request, place)
                except web.HTTPRequestEntityTooLarge:  # sent in chunks: its size is known only when it has come
                    raise PostRefused(limits.files_unwanted(), 422) from None
                yield await received.opened()

    @contextmanager
    def _only_one_of(self, person: Participant, browser: str) -> Iterator[None]:
        counted = counted_in(browser, 1)
        if any(self._people[person.id, place] >= most for place, most in counted):
            raise PostRefused(limits.one_post_at_a_time(), 429)
        who = [(person.id, place) for place, _most in counted]
        self._people.update(who)
        try:
            yield
        finally:
            self._people -= Counter(who)  # drops the entries of people who send nothing now

    @asynccontextmanager
    async def _slot(self, person: Participant) -> AsyncIterator[None]:
        """Wait for a slot, and hold it until the `with` block ends. Raises PostRefused if none is free soon."""
        beside = person.organises and self._slots.locked() and not self._organisers_slot.locked()
        slots = self._organisers_slot if beside else self._slots
        try:
            async with asyncio.timeout(_SLOT_WITHIN):
                await slots.acquire()
        except TimeoutError:
            raise PostRefused(limits.posts_wait(), 503) from None
        try:
            yield
        finally:
            slots.release()

    async def _receive(self, request: web.Request, place: FormFiles) -> ReceivedForm:
        """Return a form when it has come. Raises PostRefused if it comes too slowly, or is too much to be kept."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        timer: asyncio.Handle | None = None

        def extend() -> None:
            """Move the deadline further, according to the bytes received so far; repeat this after a while."""
            nonlocal timer
            if not timeout.expired():
                timeout.reschedule(start + self._patience + request.content.total_bytes / _SLOWEST)
                timer = loop.call_later(self._patience / 4, extend)

        try:
            async with asyncio.timeout(self._patience) as timeout:
                extend()
                return await receive(request, place)
        except TimeoutError:
            raise PostRefused(limits.post_too_slow(), 408) from None
        except TooManyWords:
            raise PostRefused(limits.too_many_words(SMALL), 422) from None
        except NotKept as error:
            log.warning("web.body_not_kept", reason=str(error))
            raise PostRefused(limits.posts_wait(), 503) from None
        except ConnectionError:  # the browser disconnected: nobody to tell, nothing to log
            raise web.HTTPBadRequest from None
        finally:
            if timer:
                timer.cancel()
