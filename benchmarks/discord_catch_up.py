"""What 1,000 people may have written while the bot was away from Discord: how long it takes to read it all.

    python -m benchmarks.discord_catch_up [--people 1000] [--wrote 300] [--latency 0.1]

discord.py over real HTTP to a local server, with the latency of a real one. Meanwhile twenty people press
buttons: how soon they are acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.updates import percentile
from bot.database.engine import Transaction
from bot.people import participant_store
from bot.people.participants import Account
from bot.platforms.discord.adapter import Discord
from tests.platforms.discord.local import LocalDiscord, local_discord, press, written
from tests.world import World, open_world

_PRESSES = 20


async def measure(folder: Path, people: int, wrote: int, latency: float) -> None:
    """Print how long it took, how fast it called, and how soon presses were answered."""
    patch = pytest.MonkeyPatch()
    async with (
        open_world(f"sqlite:///{folder}/r.db", migrate=True) as world,
        local_discord(patch, latency=latency) as local,
    ):
        numbers = [str(number) for number in range(1000, 1000 + people)]
        await _join(world, numbers)
        for number in numbers:
            local.histories[number] = []
        for number in numbers[:: max(1, people // wrote)][:wrote]:
            local.histories[number].append(written(number, "/moi", world.clock.now() + timedelta(minutes=1)))
        await world.clock.advance(timedelta(hours=1))
        adapter = Discord(world.settings, world.dispatcher, world.store, world.clock)
        async with adapter.client:
            await adapter.client.login("token")
            local.calls.clear()
            adapter.client.dispatch("connect")
            pressed = asyncio.create_task(_press(adapter, local))
            await local.until(lambda: _reads(local) == people and _answers(local) == wrote)
            took = local.calls[-1].at - local.calls[0].at
            acknowledged = sorted(await pressed)
        times = [call.at for call in local.calls if not call.path.startswith("/interactions")]
        busiest = max(
            sum(at <= other < at + 1 for other in times[place : place + 60]) for place, at in enumerate(times)
        )
        print(f"{people} people, {wrote} wrote: {len(times)} calls in {took:.0f} s, {busiest} in the busiest second")
        p50, worst = percentile(acknowledged, 0.5) * 1e3, acknowledged[-1] * 1e3
        print(f"{_PRESSES} presses meanwhile: acknowledged p50 {p50:.0f} ms, at worst {worst:.0f} ms")
        await adapter.close()
    patch.undo()


async def _join(world: World, numbers: list[str]) -> None:
    async def unit(tx: Transaction) -> None:
        now = world.clock.now()
        for number in numbers:
            person = await participant_store.add(tx, ref=number, given_name="Zoé", family_name="", now=now, locale="en")
            account = Account("discord", number, number, "Zoé", "en", private_chat=number)
            await participant_store.attach(tx, account, person.id, now)
            await participant_store.join(tx, person.id, now)

    await world.store.transact(unit)


async def _press(adapter: Discord, local: LocalDiscord) -> list[float]:
    """Seconds from each press to its first answer."""
    await local.until(lambda: _reads(local) > _PRESSES)
    loop, pressed = asyncio.get_running_loop(), {}
    for number in range(_PRESSES):
        made = press("go-moi", 5000 + number)
        pressed[made["id"]] = loop.time()
        adapter.client._connection.parse_interaction_create(made)
        await asyncio.sleep(0.05)
    await local.until(lambda: len(local.callbacks()) == _PRESSES)
    answered = [call for call in local.calls if call.path.endswith("/callback")]
    return [call.at - pressed[call.path.split("/")[-3]] for call in answered]


def _reads(local: LocalDiscord) -> int:
    return sum(call.method == "GET" and call.path.endswith("/messages") for call in local.calls)


def _answers(local: LocalDiscord) -> int:
    return sum(call.method == "POST" and call.path.endswith("/messages") for call in local.calls)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--wrote", type=int, default=300)
    parser.add_argument("--latency", type=float, default=0.1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.people, options.wrote, options.latency))


if __name__ == "__main__":
    main()
