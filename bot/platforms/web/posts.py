"""Reads the forms that people post, within limits of size, number and time.

The sender is known before a form is read. A form of text is small, and always read. A large body (photos) is read only
if the files are wanted: one at a time of a person, and a few of all people, because each body is in memory until its
files are stored. Other bodies wait unread, which costs a connection and no memory. A body that comes too slowly is
refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.config.settings import LimitSettings
from bot.people import limits
from bot.platforms.web.bodies import SMALL, Posted, TooManyWords, read_fields
from bot.platforms.web.faults import BODY, PostRefused

_TURN_WITHIN = 60.0
"""The most seconds that a large body waits to be read."""
_SLOWEST = 50_000
"""A body must arrive at this many bytes a second, after the time that any body is given."""


class Posts:
    """Reads the forms posted to one server."""

    def __init__(self, settings: LimitSettings, *, turn_within: float = _TURN_WITHIN) -> None:
        self._patience = settings.headers
        self._turn_within = turn_within
        self._turns = asyncio.Semaphore(settings.bodies)
        self._people: set[int] = set()

    @asynccontextmanager
    async def reading(
        self, request: web.Request, person: int, wanted: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[Posted]:
        """Read the form that a person posts; the person's other large forms are refused until the `with` block ends.

        `wanted` is asked whether the files in a large form would be used. Raises PostRefused; HTTPRequestEntityTooLarge
        for a body that is too large; HTTPBadRequest for a body that no browser sends.
        """
        length = request.content_length
        if length is not None and length > BODY:
            raise web.HTTPRequestEntityTooLarge(BODY)
        if length is not None and length <= SMALL:
            yield await self._read(request)
        elif request.content_type == "multipart/form-data" and await wanted():
            async with self._turn(person):
                yield await self._read(request.clone(client_max_size=BODY))
        elif length is None:  # sent in chunks: its size is known only when it has come
            try:
                data = await self._read(request)
            except web.HTTPRequestEntityTooLarge:
                raise PostRefused(limits.files_unwanted(), 422) from None
            yield data
        else:
            raise PostRefused(limits.files_unwanted(), 422)

    @asynccontextmanager
    async def _turn(self, person: int) -> AsyncIterator[None]:
        if person in self._people:
            raise PostRefused(limits.one_post_at_a_time(), 429)
        self._people.add(person)
        try:
            try:
                async with asyncio.timeout(self._turn_within):
                    await self._turns.acquire()
            except TimeoutError:
                raise PostRefused(limits.posts_wait(), 503) from None
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._people.discard(person)

    async def _read(self, request: web.Request) -> Posted:
        """Return the fields of a form. Raises PostRefused if they come too slowly or hold too much text."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        timer: asyncio.Handle | None = None

        def extend() -> None:
            """Move the deadline by what has come so far, again and again."""
            nonlocal timer
            if not timeout.expired():
                timeout.reschedule(start + self._patience + request.content.total_bytes / _SLOWEST)
                timer = loop.call_later(self._patience / 4, extend)

        try:
            async with asyncio.timeout(self._patience) as timeout:
                extend()
                return await read_fields(request)
        except TimeoutError:
            raise PostRefused(limits.post_too_slow(), 408) from None
        except TooManyWords:
            raise PostRefused(limits.too_many_words(SMALL), 422) from None
        except ConnectionError:  # the browser hung up: there is nobody to tell, and nothing to log
            raise web.HTTPBadRequest from None
        finally:
            if timer:
                timer.cancel()
