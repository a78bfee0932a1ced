"""Measures how much slower a page is because messages name people by reference.

    python -m benchmarks references [--rounds 300]

A page of 50 messages, of which every second names two of 100 people and quotes an idea, is opened again and again,
alternately with references and with the names and words themselves, as was stored before. The median times from the
request to its last byte, on loopback, and their ratio are printed.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.report import options
from bot.clock import SystemClock
from bot.content.texts import Name, Person, Quote, Span, _
from bot.content.views import View
from bot.database.engine import Store, Transaction
from bot.people import participant_store
from bot.platforms.web import page_store
from bot.rehearsal.chat_driver_web import WebChat
from tests.drivers.web import open_web
from tests.participants import number
from tests.world import open_world

_PEOPLE, _MESSAGES = 100, 50
_WORDS = "A library of things that people lend to one another"

Naming = Callable[[int], tuple[Span, Span]]
"""A function that returns a person's name and a quote of their idea, called as naming(id)."""


def by_reference(person: int) -> tuple[Span, Span]:
    """Return a name and a quote as references, as messages are stored now."""
    return Person(person, "short", "Person D."), Quote("idea", "1", _WORDS)


def by_name(_person: int) -> tuple[Span, Span]:
    """Return a name and a quote as plain words, as messages were stored before."""
    return Name("Person D."), Name(_WORDS)


def view(number: int, ids: Sequence[int], naming: Naming) -> View:
    """Return one message of the page, which names and quotes people with the ids in `ids`.

    `naming` returns a person's name and a quote of their idea, as references or as plain words.
    """
    if number % 2:
        return View((_("The room of your group is now: {room}.", room="12"), "Come a little earlier, please."))
    first, words = naming(ids[number % len(ids)])
    second, _words = naming(ids[(number + 7) % len(ids)])
    said = _("{one} built on what {other} gave: «{idea}»", one=first, other=second, idea=words)
    return View((said, _("You can read all of it on the wall.")))


async def fill(store: Store, readers: Sequence[int]) -> None:
    """Fill the pages of two people, given by id in `readers`: one with references, the other with plain words."""

    async def unit(tx: Transaction) -> None:
        now = SystemClock().now()
        ids = [
            (await participant_store.add(tx, ref=f"X-{n}", given_name=f"Person {n}", family_name="Dupont", now=now)).id
            for n in range(_PEOPLE)
        ]
        for reader, naming in zip(readers, (by_reference, by_name), strict=True):
            for number_of in range(_MESSAGES):
                await page_store.add(tx, reader, "bot", view(number_of, ids, naming), now)

    await store.transact(unit)


async def opened(chat: WebChat) -> float:
    """Open a person's page; return how many milliseconds that took."""
    began = time.perf_counter()
    async with chat.browser.get(re.sub(r"(/c/\d+/).*", r"\1", chat.url)) as response:
        assert (await response.text()).count("Come a little earlier") == _MESSAGES // 2, "all messages are shown"
    return (time.perf_counter() - began) * 1000


async def measure(rounds: int) -> None:
    """Print how long a page takes with references, and with plain words."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'pages.db'}"
        async with open_world(url, migrate=True) as world, open_web(world) as harness:
            readers = {"reference": await harness.joined("Ana"), "name": await harness.joined("Bo")}
            await fill(world.store, [await number(world, name) for name in ("Ana", "Bo")])
            costs: dict[str, list[float]] = {kind: [] for kind in readers}
            for _round in range(rounds):
                for kind, chat in readers.items():
                    costs[kind].append(await opened(chat))
    medians = {kind: statistics.median(all_costs) for kind, all_costs in costs.items()}
    print(f"a page of {_MESSAGES} messages that names by reference: {medians['reference']:.2f} ms")
    print(f"reference, the same with the names themselves: {medians['name']:.2f} ms")
    print(f"{medians['reference'] / medians['name']:.2f} times as much")


def main() -> None:
    asyncio.run(measure(options(__doc__, rounds=300).rounds))
