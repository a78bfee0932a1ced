"""A hundred Discord presses at once: how soon each is acknowledged, also while the database is locked for two seconds.

    python -m benchmarks.interactions [--rounds 5]

discord.py over real HTTP to a local server; bot and server share one process and one core, which flatters neither.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sqlite3
import tempfile
from pathlib import Path

import pytest

from benchmarks.updates import percentile
from bot.platforms.discord.adapter import Discord
from tests.platforms.discord.local import LocalDiscord, local_discord, press
from tests.world import open_world

_PEOPLE = 100
_LOCKED = 2.0


async def measure(folder: Path, rounds: int) -> None:
    """Print the 99th percentile of each kind of round."""
    patch = pytest.MonkeyPatch()
    async with open_world(f"sqlite:///{folder}/r.db", migrate=True) as world, local_discord(patch) as local:
        adapter = Discord(world.settings, world.dispatcher, world.store, world.clock)
        async with adapter.client:
            await adapter.client.login("token")
            await _crowd(adapter, local)  # connections are opened once, not measured
            for locked in (False, True):
                times: list[float] = []
                for _ in range(rounds):
                    times += await _crowd(adapter, local, folder / "r.db" if locked else None)
                p50, p99 = (percentile(sorted(times), share) * 1e3 for share in (0.5, 0.99))
                state = f"locked for {_LOCKED:g} s" if locked else "free"
                print(f"{_PEOPLE} at once, database {state}: acknowledged p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    patch.undo()


async def _crowd(adapter: Discord, local: LocalDiscord, database: Path | None = None) -> list[float]:
    """Seconds from each press to its first answer."""
    local.calls.clear()
    presses = [press("go-moi", user_id) for user_id in range(1000, 1000 + _PEOPLE)]
    loop = asyncio.get_running_loop()
    pressed: dict[str, float] = {}
    with contextlib.ExitStack() as lock:
        if database:
            other = lock.enter_context(contextlib.closing(sqlite3.connect(database, isolation_level=None)))
            other.execute("BEGIN IMMEDIATE")
            loop.call_later(_LOCKED, other.execute, "ROLLBACK")
        for payload in presses:
            pressed[payload["id"]] = loop.time()
            adapter.client._connection.parse_interaction_create(payload)
        await local.until(lambda: len(local.texts()) == _PEOPLE)
    answered = [call for call in local.calls if call.path.endswith("/callback")]
    return [call.at - pressed[call.path.split("/")[-3]] for call in answered]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.rounds))


if __name__ == "__main__":
    main()
