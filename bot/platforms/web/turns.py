"""Limits how many requests of one person are answered at a time: each uses memory and a connection.

A few requests of a person are answered at a time, and the others wait in a queue: a browser that requests all its
pictures at once gets them one after the other. A request to a full queue is refused. So a person who posts or reads
slowly delays only their own requests, and in an unconfirmed browser only requests of that browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.people import limits
from bot.people.browser_store import counted_in
from bot.people.participants import Participant
from bot.platforms.web.faults import PostRefused

AT_ONCE = 8
"""How many requests of one person are answered at a time."""


@dataclass(slots=True)
class _Queue:
    """The requests of one person from one place: how many are under way, and which of them may be answered."""

    answered: asyncio.Semaphore
    count: int = 0


class Turns:
    """Limits how many requests of each person the server answers at the same time; open event streams do not count."""

    def __init__(self, at_most: int, connections: int) -> None:
        """`at_most` requests of one person are answered or wait, ten times as many for an organiser.

        A person's requests never use more than a quarter of all `connections`.
        """
        self._at_most = at_most
        self._share = max(connections // 4, 1)
        self._queues: dict[tuple[int, str], _Queue] = {}

    @asynccontextmanager
    async def turn_of(self, person: Participant, browser: str = "") -> AsyncIterator[None]:
        """Wait until a request of a person may be answered; the request ends with the `async with` block.

        `browser` is the id of the browser that sends the request, if the person has not confirmed it; or the hash of
        the person's link to a display, which others may have; otherwise ''. Raises PostRefused if too many requests of
        the person are being answered or waiting.
        """
        async with AsyncExitStack() as turn:
            for place, at_once in counted_in(browser, AT_ONCE):
                await turn.enter_async_context(self._turn_in(person, place, at_once))
            yield

    @asynccontextmanager
    async def _turn_in(self, person: Participant, place: str, at_once: int) -> AsyncIterator[None]:
        """Wait for a turn among the requests of a person from one place, of which so many are answered at once."""
        who = person.id, place
        queue = self._queues.setdefault(who, _Queue(asyncio.Semaphore(at_once)))
        most = limits.most(self._at_most, person) * at_once // AT_ONCE
        if queue.count >= min(most, self._share):
            raise PostRefused(limits.too_many_requests(), 429)
        queue.count += 1
        try:
            async with queue.answered:
                yield
        finally:
            queue.count -= 1
            if not queue.count:
                self._queues.pop(who, None)
