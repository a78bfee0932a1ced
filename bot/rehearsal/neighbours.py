"""Makes the demo's invented people act on their pages, one after the other, as real people would.

What a person does next depends only on the store, so that it does not matter who began something, or when time was
moved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from itertools import count

from bot.database.engine import Store, Transaction
from bot.platforms.web.adapter import Web
from bot.rehearsal.contributions import Step, rehearsals

_PACE = 1.5
"""Seconds of real time between the acts of two members of a group."""


class Neighbours:
    """Makes the invented people act, except those as whom the visitor acts. `run` runs until cancelled."""

    def __init__(self, store: Store, pages: Web, visitors: Collection[int]) -> None:
        """`visitors` are the ids of participants as whom the visitor has acted; they do nothing by themselves."""
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
        """Let one person of each group do one thing. Returns False if there was nothing to do.

        `leaving` says that time is about to move on: things that would otherwise wait for the visitor are done too.
        """
        async with self._at_work:
            steps = [step for step in await self._store.read(lambda tx: self._next(tx, leaving)) if self._is_new(step)]
            for step in steps:
                await self._pages.act(step.person, step.content, f"demo-{next(self._tokens):08}", step.said)
            return bool(steps)

    async def finish(self) -> None:
        """Let people do all that there is to do now, before time is moved on."""
        while await self.act(leaving=True):
            pass

    def _is_new(self, step: Step) -> bool:
        """Return whether a step was not tried before: a step that the bot refused is not tried again."""
        tried = repr(step)
        new = tried not in self._tried
        self._tried.add(tried)
        return new

    async def _next(self, tx: Transaction, leaving: bool) -> Sequence[Step]:
        nexts = [rehearsal.steps for rehearsal in rehearsals().values() if rehearsal.steps]
        return [step for steps in nexts for step in await steps(tx, self._visitors, leaving)]
