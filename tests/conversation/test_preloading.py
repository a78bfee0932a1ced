"""What takes longer than a transaction may is read beside others, and the handler goes on with it in a second run."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot.content.names import search_key
from bot.conversation.preloading import PerformBeside, PerformWithin
from bot.database.engine import Store, StoreUnavailable, T, Transaction, Unit
from handlers.attendance.organiser.newcomers import add_someone
from handlers.navigation.actions import Find
from handlers.navigation.people_store import search
from tests.delivery.rig import Watched
from tests.drivers.neutral import NeutralChat
from tests.world import World, open_world


class Counted(Watched):
    """A store that notes, for each transaction that may write, whether it was saved."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.saved: list[bool] = []
        self.read_units = 0

    async def transact(self, unit: Unit[T]) -> T:
        self.saved.append(False)
        result = await super().transact(unit)
        self.saved[-1] = True
        return result

    async def read(self, unit: Unit[T]) -> T:
        self.read_units += 1
        return await super().read(unit)


def counted(world: World) -> tuple[Counted, NeutralChat]:
    """A store, and an organiser's chat over it."""
    store = Counted(world.store)
    return store, NeutralChat(world.dispatcher_over(store), "900", name="Inès")


async def add(world: World, given: str, family: str, people: int) -> None:
    """Have people of one name listed, very many for instance."""

    async def unit(tx: Transaction) -> None:
        await tx.many(
            "INSERT INTO participants (ref, given_name, family_name, search_key, created_at)"
            " VALUES (:ref, :given, :family, :key, 0)",
            [
                {"ref": f"{family}-{n}", "given": given, "family": family, "key": search_key(given, family)}
                for n in range(people)
            ],
        )

    await world.store.transact(unit)


async def test_a_search_is_read_beside_others_and_only_its_answer_is_a_transaction(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.organiser()
        await add(world, "Marie", "Dupont", 2)
        store, ines = counted(world)
        await ines.follow(Find().encode())
        await ines.dispatcher.close()  # what it stores behind its answers is not counted
        store.saved.clear()
        before = store.read_units
        await ines.send("dupont")
        assert ines.text == "2 people found."
        assert store.saved == [False, True]
        assert store.read_units - before == 2  # the last id, and everyone


async def test_what_a_handler_did_before_it_had_to_look_is_done_once(store_url: str) -> None:
    async with open_world(store_url) as world:
        await world.organiser()
        await add(world, "Zoé", "Martin", 1)
        store, ines = counted(world)
        ines.modal = True
        await ines.follow(add_someone.to().encode())
        await ines.dispatcher.close()  # what it stores behind its answers is not counted
        store.saved.clear()
        await ines.fill("Zoe", "Martin", "France", "woman")
        assert store.saved == [False, True]
        assert len(await world.read(lambda tx: search(PerformWithin(tx), query="zoe martin"))) == 2


async def test_of_very_many_found_some_are_shown_and_others_are_found_by_more_of_the_name(store_url: str) -> None:
    async with open_world(store_url) as world:
        ines = await world.organiser()
        await add(world, "Marie", "Dupont", 501)
        await add(world, "Marie-Lou", "Petit", 1)
        await ines.follow(Find().encode())
        await ines.send("marie")
        assert ines.text == ("More than 500 people found.\nHere are 10 of them: write more of the name to see fewer.")
        assert len(ines.buttons) == 12
        for wanted in ("marielou", "p marie", "lou m"):
            await ines.press("Find someone else")
            await ines.send(wanted)
            assert ines.text == "1 person found.", wanted
            assert ines.buttons[0].startswith("Marie-Lou Petit")


async def test_whoever_comes_last_of_thousands_is_found(store_url: str) -> None:
    async with open_world(store_url) as world:
        await add(world, "Ali", "Ben", 5_001)
        await add(world, "Zoé", "Roy", 1)
        (zoe,) = await world.store.read(lambda tx: partial(search, query="roy z")(PerformWithin(tx)))
        assert zoe.full_name == "Zoé Roy"
        assert await world.store.read(lambda tx: search(PerformWithin(tx), query="–")) == []


class Meeting(Watched):
    """A store whose readers wait for one another: the first for the second, the third for the fourth."""

    def __init__(self, store: Store, *, refuses: bool = False) -> None:
        super().__init__(store)
        self.begun = 0
        self._refuses = refuses
        self._waiting: asyncio.Event | None = None

    async def read(self, unit: Unit[T]) -> T:
        self.begun += 1
        if self._waiting is None:
            self._waiting = asyncio.Event()
            await self._waiting.wait()
        else:
            self._waiting.set()
            self._waiting = None
            if self._refuses:
                raise StoreUnavailable("full")
        return await super().read(unit)


def numbers(most: int) -> list[Unit[int]]:
    """Units of which each returns its number, which the database tells."""

    async def number(tx: Transaction, *, value: int) -> int:
        row = await tx.one("SELECT CAST(:value AS BIGINT) AS number", value=value)
        assert row is not None
        return int(row["number"])

    return [partial(number, value=value) for value in range(most)]


async def test_parts_of_a_look_are_read_two_at_a_time_and_come_in_order(store_url: str) -> None:
    async with open_world(store_url) as world:
        assert await PerformBeside(Meeting(world.store)).each(numbers(6)) == [0, 1, 2, 3, 4, 5]
        assert await world.store.read(lambda tx: PerformWithin(tx).each(numbers(6))) == [0, 1, 2, 3, 4, 5]
        assert await PerformBeside(world.store).each(numbers(0)) == []


async def test_after_a_part_that_fails_no_further_one_is_read(store_url: str) -> None:
    async with open_world(store_url) as world:
        store = Meeting(world.store, refuses=True)
        with pytest.raises(StoreUnavailable, match="full"):
            await PerformBeside(store).each(numbers(6))
        assert store.begun == 2
