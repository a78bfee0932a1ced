"""A facilitator's panel while a thousand ideas come in within ten seconds: how often its message is edited."""

from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
import time
from dataclasses import dataclass, field
from datetime import timedelta

from benchmarks.reminders import Sink
from benchmarks.workshop_servers import SIZE, Person, gather, sentence
from bot.capability import load, make_router
from bot.clock import SystemClock
from bot.content.texts import Reader
from bot.content.views import View
from bot.conversation.dispatch import Dispatcher
from bot.conversation.incoming import Actor, Called, Incoming, Typed
from bot.conversation.live_screens import EVERY
from bot.database.opening import open_store
from bot.delivery.platform import Address
from bot.delivery.worker import Delivery
from handlers import CAPABILITIES
from tests.workshops.builders import PHASES
from tests.world import CONTRIBUTIONS, DECLARED, make_settings, seed

_IDEAS, _WITHIN = 1_000, 10.0
_GROUPS = 16
_numbers = itertools.count(1)


@dataclass
class Wall(Sink):
    """A platform that notes when a message of it changes, in seconds."""

    shown: list[float] = field(default_factory=list)
    appeared: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(
        self, address: Address, view: View, reader: Reader, *, delivery_id: int, mentions: tuple[str, ...] = ()
    ) -> str:
        """Note it where it is the panel; other things have positive numbers."""
        if delivery_id < 0:
            self.shown.append(time.monotonic())
            self.appeared.set()
        return str(delivery_id)

    async def edit(self, _address: Address, native_id: str, _view: View, _reader: Reader) -> str:
        """Note it."""
        self.shown.append(time.monotonic())
        return native_id

    async def pin(self, _address: Address, _native_id: str) -> None:
        """It stays in sight."""


async def measure() -> None:
    """Print how many edits there were, and the shortest time between two."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/r.db")
        settings = make_settings(phases=PHASES)
        await seed(store, settings)
        clock, platform, router = SystemClock(), Wall(), make_router(load(CAPABILITIES))
        accounts = [("web", str(number)) for number in range(1, _GROUPS * SIZE + 1)]
        maya, *people = await store.transact(lambda tx: gather(tx, accounts, ("school", "civic"), clock.now()))
        await store.transact(lambda tx: tx.run("INSERT INTO facilitators VALUES (:id, 'all')", id=maya.id))
        delivery = Delivery(store, {"web": platform}, settings, clock, CONTRIBUTIONS, router.live)
        dispatcher = Dispatcher(store, router, DECLARED, settings, clock, delivery.wake)
        sending = asyncio.create_task(delivery.run())
        await _act(dispatcher, maya, Called("panneau"))
        await platform.appeared.wait()
        began = time.monotonic()
        await asyncio.gather(*(_give(dispatcher, people[n % len(people)], n) for n in range(_IDEAS)))
        took = time.monotonic() - began
        await asyncio.sleep(2 * EVERY / timedelta(seconds=1))
        row = await store.read(lambda tx: tx.one("SELECT COUNT(*) AS n FROM ideas"))
        sending.cancel()
        await asyncio.wait((sending,))
        await dispatcher.close()
        await store.close()
    assert row is not None
    gaps = [later - earlier for earlier, later in itertools.pairwise(platform.shown)]
    print(
        f"panel, {row['n']:,} ideas of {_IDEAS:,} in within {took:.1f} s: {len(gaps)} edits,"
        f" the closest {min(gaps, default=0):.2f} s apart (wanted at least {EVERY / timedelta(seconds=1):g})",
        flush=True,
    )


async def _give(dispatcher: Dispatcher, person: Person, number: int) -> None:
    await asyncio.sleep(number * _WITHIN / _IDEAS)
    await _act(dispatcher, person, Typed(sentence(random.Random(number))))


async def _act(dispatcher: Dispatcher, person: Person, content: Called | Typed) -> None:
    sender = Actor(person.native_id, "", "fr", person.native_id)
    dispatcher.sent(await dispatcher.handle(Incoming("web", str(next(_numbers)), sender, content)))
