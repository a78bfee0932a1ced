"""Contacts change hands by two yes alone, whatever people say, take back, block and erase before and after."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice

import pytest

from bot.database.engine import Store, Transaction
from bot.people import participant_store
from handlers.initiatives import service
from handlers.initiatives.model import Means
from handlers.initiatives.store import cards, contacts
from tests.engines import on_one_engine
from tests.world import START, open_world

HISTORIES = 10_000
POOL = 142
"""How many people there are at a time: so many have somewhat more pairs than there are histories."""
AT_ONCE = 500
"""How many histories happen in one transaction."""
WHAT_HAPPENS = ("yes", "yes", "yes", "no", "block", "unblock", "erase", "give", "leave")


@dataclass
class History:
    """What two people said, and who must have the other's contact by that; written without the program's own rules."""

    people: list[int]
    yes: set[int] = field(default_factory=set)
    blocks: set[int] = field(default_factory=set)
    has: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)

    def happens(self, what: str, place: int) -> None:
        """Let the person at this place (0 or 1) do something."""
        if self.erased:
            return
        match what:
            case "yes":
                self.yes.add(place)
                if self.yes == {0, 1} and not self.blocks and not self.left:
                    self.has = {0, 1}
            case "no" | "block":
                self.yes.discard(place)
                self.has.discard(place)
                if what == "block":
                    self.blocks.add(place)
            case "unblock":
                self.blocks.discard(place)
            case "leave":
                self.left.add(place)
            case "erase":
                self.erased, self.has = {place}, set()


async def _person(tx: Transaction, number: int) -> int:
    person = await participant_store.add(tx, ref=f"H-{number}", given_name=f"H{number}", family_name="", now=START)
    await participant_store.join(tx, person.id, START)
    await cards.put(tx, person.id, mail=f"{person.id}@before.org")
    return person.id


async def _do(tx: Transaction, history: History, what: str, place: int) -> None:
    if history.erased:
        return
    person, other = history.people[place], history.people[1 - place]
    match what:
        case "yes" | "no":
            await service.answer(tx, person, other, yes=what == "yes", met="encounter", now=START)
        case "block":
            await service.block(tx, person, other, START)
        case "unblock":
            await contacts.unblock_all(tx, person)
        case "give":
            await service.give(tx, person, Means(f"{person}@now.org"))
        case "leave":
            await participant_store.set_status(tx, person, "revoked")
        case "erase":
            await participant_store.remove(tx, [person])
    history.happens(what, place)


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A store with its tables."""
    async with open_world(store_url) as world:
        yield world.store


@on_one_engine
async def test_nobody_has_a_contact_without_two_yes_in_ten_thousand_histories(store: Store) -> None:
    draw = random.Random(37)
    pairs = islice(combinations(range(POOL), 2), HISTORIES)
    pool = list[int]()
    handed = lived = 0
    while some := [*islice(pairs, AT_ONCE)]:

        async def unit(tx: Transaction, some: Sequence[tuple[int, int]] = some) -> int:
            while len(pool) < POOL:
                pool.append(await _person(tx, len(pool)))
            given = 0
            for places in some:
                history = History([pool[place] for place in places])
                for _step in range(draw.randint(1, 7)):
                    await _do(tx, history, draw.choice(WHAT_HAPPENS), draw.randrange(2))
                for place in (0, 1):
                    reader, other = history.people[place], history.people[1 - place]
                    found = [each for each in await contacts.contacts_of(tx, reader) if each.id == other]
                    assert [each.means.mail.split("@")[0] for each in found] == [str(other)] * (place in history.has)
                    given += len(found)
                for place in history.left - history.erased:
                    await participant_store.set_status(tx, history.people[place], "joined")
                for place in history.erased:  # somebody else comes in their place
                    pool[places[place]] = await _person(tx, history.people[place] + HISTORIES)
            return given

        handed += await store.transact(unit)
        lived += len(some)
    assert lived == HISTORIES
    assert handed > HISTORIES / 10  # many a history ends with two yes
