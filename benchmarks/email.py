"""Sends letters to a mail server with faults: how many a second, and what twenty kills (-9) lose or double.

    python -m benchmarks email [--people 1000] [--kills 20] [--seed 1]

The server refuses one letter in 53 for now, and never answers to one in 97 that it took. Nobody may go without, and
each who has a letter twice must be listed. The code is in `tests/killed/letters.py`; `tests/test_kill.py` does the same
with three kills.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import options
from bot.clock import SystemClock
from bot.content.texts import Reader
from bot.content.views import Button, View
from bot.database.opening import open_store
from bot.delivery.platform import Address
from bot.platforms.email.adapter import Email
from bot.platforms.email.connections import MailConnections
from tests.drivers.mail import open_mail
from tests.killed.letters import settings_with, survive_posting

_LETTER = View(
    ("Bonjour Zoé,", "L’équipe t’invite.", "À bientôt !"), (Button("Ouvrir", url="https://example.org/p/X"),)
)


async def measure_rate(people: int, folder: Path, connections: int) -> float:
    """Return how many letters a second leave over so many connections, written and composed each."""
    async with open_mail() as server:
        settings = settings_with(server.settings())
        store = await open_store(f"sqlite:///{folder / f'rate-{connections}.db'}")
        email = Email(settings, store, SystemClock(), MailConnections(settings.email, most=connections))
        reader = Reader("fr", "Europe/Paris")
        began = time.perf_counter()
        for first in range(0, people, 64):  # so many are in flight at most
            numbers = range(first + 1, min(first + 64, people) + 1)
            await asyncio.gather(
                *(email.send(Address(f"p{n}@example.org"), _LETTER, reader, delivery_id=n) for n in numbers)
            )
        took = time.perf_counter() - began
        assert len(server.letters) == people
        await email.close()
        await store.close()
        return people / took


async def measure(people: int, kills: int, seed: int, folder: Path) -> bool:
    """Print how fast letters leave, and how sending ends that is killed so often; return whether that is well."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for connections in (1, 4):
        print(f"{await measure_rate(people, folder, connections):.0f} letters a second over {connections}", flush=True)
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{more:.0f} MB more, with the server and all that it took", flush=True)
    ended = await survive_posting(kills, people, seed, folder)
    print(ended)
    return ended.well


def main() -> None:
    asked = options(__doc__, people=1000, kills=20, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(not asyncio.run(measure(asked.people, asked.kills, asked.seed, Path(folder))))
