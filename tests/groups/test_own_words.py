"""What people ask of their group in their own words, in three languages."""

from __future__ import annotations

import pytest

from handlers.groups.service.membership import publish_round
from tests.engines import on_one_engine
from tests.groups.builders import found_round, group
from tests.world import World, open_world


async def published(world: World, room: str = "Room 12") -> None:
    await group(world, ["Zoé", "Ali", "Max"], number_=3, room=room)
    await world.change(publish_round, await found_round(world), world.clock.now())


@on_one_engine
@pytest.mark.parametrize(
    ("locale", "words", "said"),
    [
        ("fr", "je suis avec qui", "avec Ali et Max."),
        ("fr", "chu dans quel groupe moi", " 3"),
        ("en", "who am I with?", "with Ali and Max."),
        ("de", "mit wem bin ich zusammen", "mit Ali und Max."),
    ],
)
async def test_the_group_is_told_with_its_members(store_url: str, locale: str, words: str, said: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1", locale=locale)
        await world.join("Ali", "2")
        await world.join("Max", "3")
        await published(world)
        await zoe.send(words)
        assert said in zoe.text
        assert "Zoé" not in zoe.text
        assert len(zoe.buttons) == 1


@pytest.mark.parametrize(("locale", "words"), [("fr", "c'est où ma salle"), ("en", "my room?"), ("de", "welcher raum")])
async def test_the_room_is_told(sqlite_url: str, locale: str, words: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1", locale=locale)
        await world.join("Ali", "2")
        await world.join("Max", "3")
        await published(world)
        await zoe.send(words)
        assert zoe.text.endswith("Room 12")


async def test_without_a_group_it_is_said_that_none_is_known(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.send("who am I with?")
        assert zoe.text == "The groups are not known yet. You will find yours here."
