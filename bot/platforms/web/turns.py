"""Limits how many requests of one person are answered at a time: each holds memory and a connection.

A few requests of a person are answered at a time, and the others wait in a queue: a browser that asks for all its
pictures at once gets them one after the other. A request to a full queue is refused. So a person who posts or reads
slowly delays only their own requests, and in a browser that its owner has not confirmed only requests of such browsers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.people import limits
from bot.platforms.web.faults import PostRefused
from bot.platforms.web.sessions import Visit

AT_ONCE = 8
"""How many requests of one person are answered at a time."""


@dataclass(slots=True)
class _Queue:
    """The requests of one person: how many are under way, and which of them may be answered."""

    count: int = 0
    answered: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


class Turns:
    """Limits how many requests of each person the server answers at a time; event streams are not counted."""

    def __init__(self, at_most: int, connections: int) -> None:
        """`at_most` requests of one person are answered or wait, ten times as many of an organiser.

        A person's requests never use more than a quarter of all `connections`.
        """
        self._at_most = at_most
        self._share = max(connections // 4, 1)
        self._queues: dict[tuple[int, bool], _Queue] = {}

    @asynccontextmanager
    async def turn_of(self, visit: Visit) -> AsyncIterator[None]:
        """Wait until a request of a visit may be answered; the next one may begin when the `with` block ends.

        Raises PostRefused if too many requests of the person are answered or wait.
        """
        queue = self._queues.setdefault(visit.who, _Queue())
        if queue.count >= min(limits.most(self._at_most, visit.person), self._share):
            raise PostRefused(limits.too_many_requests(), 429)
        queue.count += 1
        try:
            async with queue.answered:
                yield
        finally:
            queue.count -= 1
            if not queue.count:
                self._queues.pop(visit.who, None)
