"""Checks that pushes to people's devices are not lost, doubled or sent at night, and how many a second are sent.

    python -m benchmarks push [--pushes 10000]

The pages' adapter delivers messages to people with a device each; its pushes go to the strict push service of the
rehearsal, in the same process. The service fails at one push in ten, by a seed: it asks to wait, answers with an error,
ends the connection, or answers late. A tenth of the messages go to many, in the last ten minutes of the evening, when
it asks to wait for longer than that.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import structlog

from benchmarks.report import options
from bot.content.delivery_kinds import BULK, MESSAGE, USUAL
from bot.content.texts import Reader, _
from bot.content.views import View
from bot.database.engine import Transaction
from bot.delivery.platform import Address
from bot.people import device_store, secret_store
from bot.platforms.web import sessions
from bot.platforms.web.adapter import Web
from bot.platforms.web.push import push_store
from bot.platforms.web.push.vapid import load_key
from bot.rehearsal.push_service import Fault, PushBrowser, PushService
from tests.crowds import add_people
from tests.drivers.web import open_web
from tests.stored_rows import stored_rows
from tests.world import World, make_settings, open_world

_PEOPLE = 500
_AT_ONCE = 50
_READER = Reader("fr", "Europe/Paris")
_EVENING = datetime(2027, 3, 1, 20, 50, tzinfo=UTC)  # ten to ten in Paris
_NIGHT = datetime(2027, 3, 1, 21, tzinfo=UTC)
_FAULTS = (Fault(503), Fault(429, "2"), Fault(500), Fault(201, delay=0.5), Fault(503, "30"))


async def measure(pushes: int) -> bool:
    """Print the results of `pushes` pushes. Returns whether each arrived once, and none to many people at night."""
    chance, service = Random(18), PushService()
    service.faults = lambda _browser: chance.choice(_FAULTS) if chance.random() < 0.1 else None
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(web={"push_services": ["http://127.0.0.1:1"]})
        async with service.serving():
            where = settings.web.model_copy(update={"push_services": (service.root,)})
            settings = settings.model_copy(update={"web": where})
            async with (
                open_world(f"sqlite:///{folder}/push.db", settings, migrate=True) as world,
                open_web(world) as harness,
            ):
                service.now = world.clock.now
                browsers = await _people(world, service)
                return await _run(world, harness.adapter, service, browsers, pushes, chance)


async def _people(world: World, service: PushService) -> dict[int, PushBrowser]:
    """Return the browsers of people who were invited and opened their page, by the person's id."""

    async def unit(tx: Transaction) -> dict[int, PushBrowser]:
        key, now = await load_key(tx, ""), world.clock.now()
        browsers = {}
        for person in await add_people(tx, [("web", str(number)) for number in range(1, _PEOPLE + 1)], now):
            session = await secret_store.issue(tx, "session", person.id, now, expires=now + sessions.KEPT)
            secret = await secret_store.find(tx, "session", session, now)
            assert secret
            browser = browsers[person.id] = service.subscribe(key.public)
            await device_store.put(tx, person.id, secret.hash, browser.subscription, "", now, shows_text=True)
        return browsers

    return await world.store.transact(unit)


async def _run(
    world: World, adapter: Web, service: PushService, browsers: dict[int, PushBrowser], pushes: int, chance: Random
) -> bool:
    assert adapter.pushes
    sending = asyncio.create_task(adapter.pushes.run())
    try:
        began = time.monotonic()
        day = await _deliver(world, adapter, list(browsers), pushes * 9 // 10, USUAL)
        await _settled(world, adapter)
        seconds = time.monotonic() - began
        await world.clock.advance(_EVENING - world.clock.now())
        service.faults = lambda _browser: Fault(503, "900") if chance.random() < 0.02 else None
        evening = await _deliver(world, adapter, list(browsers), pushes - pushes * 9 // 10, BULK)
        await _settled(world, adapter)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return await _tell(world, service, browsers, day, evening, seconds)


async def _deliver(world: World, adapter: Web, people: list[int], count: int, urgent: int) -> set[str]:
    """Deliver so many messages, some at a time. Returns the tags of their notifications."""

    async def deliver(number: int) -> str:
        person = people[number % len(people)]

        async def enqueue(tx: Transaction) -> int:
            return await tx.value(
                int,
                "INSERT INTO deliveries (platform, kind, urgent, participant_id, account_id, content, due_at,"
                " created_at, state) SELECT 'web', :kind, :urgent, :person, id, '', 0, 0, 'sending' FROM accounts"
                " WHERE participant_id = :person RETURNING id",
                kind=MESSAGE,
                urgent=urgent,
                person=person,
            )

        delivery = await world.store.transact(enqueue)
        view = View((_("The bus leaves at nine, from the door."), f"{number}"))
        return "m" + await adapter.send(Address(str(person)), view, _READER, delivery_id=delivery)

    tags: set[str] = set()
    for first in range(0, count, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, count))
        tags.update(await asyncio.gather(*(deliver(number) for number in numbers)))
    return tags


async def _settled(world: World, adapter: Web) -> None:
    """Move the clock on until nothing waits any more."""
    assert adapter.pushes
    while True:
        await adapter.pushes.drained()
        due = await world.store.read(push_store.next_due)
        if due is None:
            return
        await world.clock.advance(max(due - world.clock.now(), timedelta(seconds=1)))
        adapter.pushes.wake()


async def _tell(
    world: World,
    service: PushService,
    browsers: dict[int, PushBrowser],
    day: set[str],
    evening: set[str],
    seconds: float,
) -> bool:
    came = Counter(pushed.content["tag"] for browser in browsers.values() for pushed in browser.received)
    at_night = [pushed for browser in browsers.values() for pushed in browser.received if pushed.at >= _NIGHT]
    lost, twice = len(day - came.keys()), sum(count - 1 for count in came.values())
    missed = len(evening - came.keys())
    states = Counter(row["state"] for row in (await stored_rows(world.store, "pushes"))["pushes"])
    print(f"{len(day)} pushes by day and {len(evening)} in the evening, {dict(Counter(service.answers))} answered")
    print(f"{len(day) / seconds:.0f} a second with their messages, {seconds:.1f} s")
    print(f"lost {lost}, twice {twice}, at night {len(at_night)}; {missed} of the evening given up at nightfall")
    print(f"violations {len(service.violations)}, rows {dict(states)}")
    return not (lost or twice or at_night or service.violations) and missed == states["expired"]


def main() -> None:
    """Run the benchmark; exit with 1 if something was lost, came twice or rang at night."""
    pushes = options(__doc__, pushes=10_000).pushes
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    raise SystemExit(not asyncio.run(measure(pushes)))
