"""Plays the demo's invented people, each on a personal page.

What they do next depends only on the database, so the visitor may do any part of it, or move the clock, at any time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from itertools import count
from typing import Protocol, TypeVar

from bot.conversation.incoming import Content
from bot.database.engine import Transaction
from bot.rehearsal.contributions import Step, rehearsals

_PACE = 1.5
"""How many seconds of real time pass between two actions of members of one group."""


T = TypeVar("T")


class Read(Protocol):
    """A function that reads from the database in a transaction, like `bot.database.engine.Store.read`."""

    async def __call__(self, unit: Callable[[Transaction], Awaitable[T]]) -> T:
        """Return what `unit` returns."""


class Act(Protocol):
    """A function that does something as a participant on their page, like `bot.platforms.web.adapter.Web.act`."""

    async def __call__(self, participant_id: int, content: Content, token: str, text: str = "") -> None:
        """Handle something that a participant does; a second call with the same `token` changes nothing."""


class Neighbours:
    """Plays the invented people of the demo, except those whose pages the visitor has opened."""

    def __init__(self, read: Read, act: Act, visitors: Collection[int]) -> None:
        """Play the people who are not in `visitors`, the ids of those whose pages the visitor opened."""
        self._read = read
        self._act = act
        self._visitors = visitors
        self._tokens = count(1)
        self._tried: set[str] = set()
        self._at_work = asyncio.Lock()

    async def run(self) -> None:
        """Let one invented person of each group act, wait a moment, and repeat that until cancelled."""
        while True:
            await asyncio.sleep(_PACE)
            await self.act()

    async def act(self, *, leaving: bool = False) -> bool:
        """Let one invented person of each group act, and return whether there was anything to do.

        With `leaving`, because the clock is about to be moved, people also do what they would do after the visitor.
        """
        async with self._at_work:
            steps = [step for step in await self._read(lambda tx: self._next(tx, leaving)) if self._is_new(step)]
            for step in steps:
                await self._act(step.person, step.content, f"demo-{next(self._tokens):08}", step.said)
            return bool(steps)

    async def finish(self) -> None:
        """Let invented people act until nothing is left to do, before the demo's clock is moved."""
        while await self.act(leaving=True):
            pass

    def _is_new(self, step: Step) -> bool:
        """Return whether a step was not tried before, since a refused step must not be repeated forever."""
        tried = repr(step)
        new = tried not in self._tried
        self._tried.add(tried)
        return new

    async def _next(self, tx: Transaction, leaving: bool) -> Sequence[Step]:
        nexts = [rehearsal.steps for rehearsal in rehearsals().values() if rehearsal.steps]
        return [step for steps in nexts for step in await steps(tx, self._visitors, leaving)]
