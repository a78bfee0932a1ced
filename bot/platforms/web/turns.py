"""Whose requests are answered when: each holds a connection, and a page, a file or a body in memory.

Of one person a few are answered at a time, the others wait in line: a browser that asks for all its pictures at once
gets them one after the other. A line that is full is told so. Whoever sends slowly what they post, or reads slowly what
they asked for, holds up their own requests alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.people import limits
from bot.people.participants import Participant
from bot.platforms.web.faults import PostRefused

AT_ONCE = 8
"""Requests of one person that are answered at a time."""


@dataclass(slots=True)
class _Line:
    """The requests of one person that are under way, and those of them that are being answered."""

    count: int = 0
    answered: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


class Turns:
    """The requests to one server, live pages apart."""

    def __init__(self, at_most: int, connections: int) -> None:
        """`at_most` requests of one person are under way, organisers' ten times as many; at most a quarter of all."""
        self._at_most = at_most
        self._share = max(connections // 4, 1)
        self._lines: dict[int, _Line] = {}

    @asynccontextmanager
    async def of(self, person: Participant) -> AsyncIterator[None]:
        """Someone's turn, until the block ends. Raises Refused where their line is full."""
        line = self._lines.setdefault(person.id, _Line())
        if line.count >= min(limits.most(self._at_most, person), self._share):
            raise PostRefused(limits.too_many_requests(), 429)
        line.count += 1
        try:
            async with line.answered:
                yield
        finally:
            line.count -= 1
            if not line.count:
                self._lines.pop(person.id, None)
