"""The demo's invented people: each does what a person would, on a page of their own, one by one.

What they do next follows from what the store holds, so it does not matter who began something, or when time was moved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from itertools import count

from bot.database.engine import Store, Transaction
from bot.platforms.web.adapter import Web
from bot.rehearsal.contributions import Step, rehearsals

_PACE = 1.5
"""Seconds of real time between what two members of a group do."""


class Neighbours:
    """Whoever the visitor is not. `run` until cancelled."""

    def __init__(self, store: Store, pages: Web, visitors: Collection[int]) -> None:
        """`visitors` are those the visitor is, or was: these do nothing by themselves."""
        self._store = store
        self._pages = pages
        self._visitors = visitors
        self._tokens = count(1)
        self._tried: set[str] = set()
        self._at_work = asyncio.Lock()

    async def run(self) -> None:
        """Let one person of each group do one thing, again and again."""
        while True:
            await asyncio.sleep(_PACE)
            await self.act()

    async def act(self, *, leaving: bool = False) -> bool:
        """One thing in each group; whether there was any. `leaving`: write down what the visitor's group keeps, too."""
        async with self._at_work:
            steps = [step for step in await self._store.read(lambda tx: self._next(tx, leaving)) if self._is_new(step)]
            for step in steps:
                await self._pages.act(step.person, step.content, f"demo-{next(self._tokens):08}", step.said)
            return bool(steps)

    async def finish(self) -> None:
        """Do all that is left to do at this moment, before time is moved on."""
        while await self.act(leaving=True):
            pass

    def _is_new(self, step: Step) -> bool:
        """What was refused once is not done again."""
        tried = repr(step)
        new = tried not in self._tried
        self._tried.add(tried)
        return new

    async def _next(self, tx: Transaction, leaving: bool) -> Sequence[Step]:
        nexts = [rehearsal.steps for rehearsal in rehearsals().values() if rehearsal.steps]
        return [step for steps in nexts for step in await steps(tx, self._visitors, leaving)]
