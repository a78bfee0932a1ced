"""The real program, made to send one announcement and to measure itself: `python -m benchmarks.broadcaster ROOT STORE`.

It says `ready`, waits for a line on its input, sends the announcement to everyone who comes, and prints what it saw as
JSON. An option `PER_SECOND` sets the pace it believes to be allowed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from array import array
from collections.abc import Coroutine, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.app import App, build
from bot.config.settings import load_sections, load_settings
from bot.content.features import features_of, platforms
from bot.database.engine import Transaction
from bot.delivery.sender import Sender
from bot.people.audiences import EVERYONE
from bot.platforms.telegram.adapter import Telegram
from bot.rehearsal.botapi import TOKEN
from handlers import CAPABILITIES
from handlers.announcements.service.releasing import enqueue_copies
from handlers.announcements.store.announcements import add_announcement, begin_release, find_announcement

_SAMPLED_EVERY = 0.005
_TICKS = os.sysconf("SC_CLK_TCK")
WORDS = "Rendez-vous demain à 9 h 30 aux Halles civiques : l'accueil ouvre à 9 h, prends ton badge et de quoi noter."


class Timed:
    """A coroutine whose own CPU time is added up, whatever runs between its steps."""

    spent = 0.0

    def __init__(self, inner: Coroutine[Any, Any, Any]) -> None:
        self._inner = inner

    def __await__(self) -> Generator[Any, Any, Any]:
        """Drive it, a step at a time."""
        steps = self._inner.__await__()
        value: Any = None
        while True:
            began = time.thread_time()
            try:
                awaited = steps.send(value)
            except StopIteration as end:
                return end.value
            finally:
                Timed.spent += time.thread_time() - began
            value = yield awaited


class MeasuredSender(Sender):
    """Knows what its bookkeeping costs."""

    async def _turn(self, now: Any) -> None:
        await Timed(super()._turn(now))


class MeasuredTelegram(Telegram):
    """Knows when messages had arrived."""

    arrived = array("d")  # small, as the memory of the program is measured

    async def send(self, *address: Any, **how: Any) -> str:
        native_id = await super().send(*address, **how)
        self.arrived.append(time.monotonic())
        return native_id


def _threads() -> dict[int, float]:
    """CPU seconds of each thread of this program."""
    spent = {}
    for task in Path("/proc/self/task").iterdir():
        fields = (task / "stat").read_text().rpartition(")")[2].split()
        spent[int(task.name)] = (int(fields[11]) + int(fields[12])) / _TICKS
    return spent


def _memory() -> float:
    """Resident megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _lag(seen: array[float]) -> None:
    while True:
        due = time.monotonic() + _SAMPLED_EVERY
        await asyncio.sleep(_SAMPLED_EVERY)
        seen.append(time.monotonic() - due)


async def _broadcast(app: App) -> dict[str, Any]:
    now = app.clock.now()

    async def unit(tx: Transaction) -> int:
        made = await add_announcement(tx, None, (WORDS,), (), now)
        await begin_release(tx, made.id, now, urgent=True)
        await enqueue_copies(tx, made.id, EVERYONE, now, urgent=True)
        return made.id

    lags = array("d")
    main = os.getpid()
    threads, wall, memory = _threads(), time.monotonic(), _memory()
    main_spent, turns = time.thread_time(), Timed.spent
    sampling = asyncio.create_task(_lag(lags))
    made = await app.store.transact(unit)
    app.delivery.wake()
    while True:
        await asyncio.sleep(0.5)
        found = await app.store.read(lambda tx: find_announcement(tx, made))
        if found and found.state == "sent":
            break
    sampling.cancel()
    turned = Timed.spent - turns
    stored = sum(spent - threads.get(each, 0.0) for each, spent in _threads().items() if each != main)
    rows = await app.store.read(
        lambda tx: tx.all("SELECT state, COUNT(*) AS n, MAX(attempts) AS tries FROM deliveries GROUP BY state")
    )
    arrived = MeasuredTelegram.arrived
    return {
        "wall": time.monotonic() - wall,
        "rate": (len(arrived) - 1) / (arrived[-1] - arrived[0]),
        "states": {row["state"]: row["n"] for row in rows},
        "lag_p99": sorted(lags)[int(len(lags) * 0.99)],
        "sending": time.thread_time() - main_spent - turned,
        "bookkeeping": turned + stored,
        "memory": _memory(),
        "grew": _memory() - memory,
    }


async def _run(root: str, store: str) -> None:
    settings = load_settings(
        None,
        load_sections(CAPABILITIES),
        {
            "RENCONTRES_TELEGRAM__TOKEN": TOKEN,
            "RENCONTRES_TELEGRAM__API_BASE": root,
            "RENCONTRES_STORAGE__URL": store,
        },
    )
    async with build(settings, only=frozenset({"telegram", "delivery"})) as app:
        serving = asyncio.create_task(app.serve())
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        print(json.dumps(await _broadcast(app)), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        serving.cancel()
        await asyncio.wait({serving})


def main() -> None:
    import bot.delivery.worker
    import bot.platforms.telegram.adapter

    bot.delivery.worker.Sender = MeasuredSender  # type: ignore[attr-defined]
    bot.platforms.telegram.adapter.Telegram = MeasuredTelegram  # type: ignore[misc]
    root, store, *pace = sys.argv[1:]
    if pace:
        telegram = features_of("telegram")
        believed = replace(telegram, pace=replace(telegram.pace, per_second=float(pace[0])))
        platforms()["telegram"] = believed  # type: ignore[index]
    asyncio.run(_run(root, store))


if __name__ == "__main__":
    main()
