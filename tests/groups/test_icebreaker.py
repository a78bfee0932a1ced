"""The first card of a group ends with whom to say hello to: somebody from another territory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from handlers.groups.service.membership import follow_cards, publish_round
from handlers.groups.store.groups import set_room
from tests.drivers.gestures import words
from tests.engines import on_one_engine
from tests.groups.builders import crowd, found_round, group, regroup
from tests.later import read_later, stored
from tests.outbox import pushed, views
from tests.participants import number, rewrite
from tests.world import World, make_settings, open_world

SETTINGS = make_settings(organisers={"telegram": [900]}, groups={"smallest": 2, "target": 2, "largest": 9})
PLACES = {"Ana": "CA-QC", "Bo": "CA-QC", "Cleo": "FR", "Dan": "MA"}


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def publish(world: World) -> None:
    await world.store.transact(partial(publish_round, round_=await found_round(world), now=world.clock.now()))


async def test_everyone_says_hello_to_the_next_from_elsewhere_in_the_one_message(world: World) -> None:
    chats = await crowd(world, *PLACES)
    for name, place in PLACES.items():
        await rewrite(world, await number(world, name), territory=place)
    made = await group(world, [*PLACES])
    await publish(world)
    greeted = {}
    for name, chat in chats.items():
        [card] = await pushed(world, chat)
        greeted[name] = words(card).rpartition("\n\nSay hello to ")[2]
    assert greeted == {
        "Ana": "Cleo (France).",
        "Bo": "Cleo (France).",
        "Cleo": "Dan (Morocco).",
        "Dan": "Ana (Quebec).",
    }
    [sent] = await views(world, chats["Ana"])
    assert "Cleo" not in stored(sent), "names stand there by reference"
    await rewrite(world, await number(world, "Cleo"), given_name="Chloé")
    assert "Say hello to Chloé" in await read_later(world, sent)

    async def in_another_room() -> str:
        await world.change(set_room, made.id, "Blue room")
        await world.store.transact(partial(follow_cards, group_ids=[made.id], now=world.clock.now()))
        return words((await pushed(world, chats["Ana"]))[0])

    said = await in_another_room()
    assert "Blue room" in said
    assert said.endswith("\n\nSay hello to Chloé (France).")
    await regroup(world, "Cleo", None)
    assert "Say hello" not in words((await pushed(world, chats["Ana"]))[0])


@on_one_engine
async def test_who_is_among_their_own_is_asked_nothing(world: World) -> None:
    chats = await crowd(world, "Ana", "Bo")
    await group(world, ["Ana", "Bo"])
    await publish(world)
    [card] = await pushed(world, chats["Ana"])
    assert "Say hello" not in words(card)
