"""Wakes parts of this program when something was committed for them, here or in another program on the database."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping

from bot.database.engine import LONGEST_NOTIFICATION, Store, StoreUnavailable

Wake = Callable[[Collection[int] | None], None]
"""A function that wakes a part of the program because these ids changed; None means that anything may have changed."""

_ID = re.compile(r"[0-9]{1,18}")
_TOLD_EVERY = 0.02
"""The shortest time, in seconds, between two notices to other programs; one notice tells all changes meanwhile."""


class Wakeups:
    """Wakes the parts of this program that wait for a change, and notifies other programs of changes (`run`).

    A part of the program waits for a topic (`on`). If the topic is the name of a table, every commit that changes the
    table announces this. Any other topic is announced by `tell`, with the ids of what changed. On SQLite nothing is
    announced: the code that adds work wakes the part that does the work, which also looks for work by itself.
    """

    def __init__(self, store: Store) -> None:
        self._wakes: dict[str, list[Wake]] = defaultdict(list)
        self._listening = store.listening(self._heard, self._committed)
        self._waiting: dict[str, set[int]] = defaultdict(set)
        self._changed = asyncio.Event()

    def on(self, topic: str, wake: Wake) -> None:
        """Call `wake` whenever something of the topic changed, in this or another program.

        A topic is the name of a table, or a name with which `tell` is called.
        """
        self._wakes[topic].append(wake)

    def tell(self, topic: str, *ids: int) -> None:
        """Notify other programs soon that things of a topic changed, by their ids; many calls cause one message."""
        if self._listening is not None:
            self._waiting[topic].update(ids)
            self._changed.set()

    async def run(self) -> None:
        """Send and receive notices of changes, between the programs on the database, until cancelled."""
        if self._listening is None:
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listening.run())
            while True:
                await self._changed.wait()
                self._changed.clear()
                waiting, self._waiting = self._waiting, defaultdict(set)
                try:
                    for text in _texts(waiting):
                        await self._listening.tell(text)
                except StoreUnavailable:
                    for topic, ids in waiting.items():  # told again later: a second notice does no harm
                        self.tell(topic, *ids)
                await asyncio.sleep(_TOLD_EVERY)

    def _committed(self, tables: frozenset[str]) -> None:
        for table in tables & self._wakes.keys():
            self._wake(table, None)
            self.tell(table)

    def _heard(self, text: str) -> None:
        """Wake what waits for a topic that was told, or for any topic if the text is ''.

        Whoever may connect to the database can tell something: what is no id is passed over.
        """
        topic, *ids = text.split() or [""]
        if topic:
            self._wake(topic, [int(number) for number in ids if _ID.fullmatch(number)] or None)
        else:
            for topic in self._wakes:
                self._wake(topic, None)

    def _wake(self, topic: str, ids: Collection[int] | None) -> None:
        for wake in self._wakes.get(topic, ()):
            wake(ids)


def _texts(waiting: Mapping[str, Collection[int]]) -> Iterator[str]:
    """Yield what is told of each topic: its name and the ids, in as many texts as it needs."""
    for topic, ids in waiting.items():
        text = topic
        for number in sorted(ids):
            if len(text) + 20 > LONGEST_NOTIFICATION:
                yield text
                text = topic
            text += f" {number}"
        yield text
