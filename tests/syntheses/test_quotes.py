"""What messages say of what a group wrote is stored by reference: read as it is now, and gone once it is erased."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.content.texts import ERASED, Quote, plain
from bot.content.views import View
from handlers.syntheses.service import starting_point
from handlers.syntheses.store import current_version, drop_version, quoted
from handlers.workshops.store.phases import find_phase
from tests.drivers.gestures import words
from tests.engines import on_one_engine
from tests.later import ENGLISH, read_later, stored
from tests.outbox import pushed, views
from tests.syntheses.builders import SETTINGS, Table, base36, table
from tests.workshops.builders import ended
from tests.world import World, open_world

GONE = plain(ERASED, ENGLISH)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def write(at: Table, name: str, button: str, *typed: str) -> View | None:
    """Somebody writes what the group keeps, and has it before them."""
    chat = await at.open(name)
    if "I will write it" in chat.buttons:
        await chat.press("I will write it")
    await chat.press(button)
    await chat.fill(*typed)
    return chat.view


async def test_a_comment_that_waits_names_and_quotes_by_reference(world: World) -> None:
    at = await table(world, "stakes", "Ana", "Bo")
    await write(at, "Ana", "Write", "A synthesis")
    bo = await at.open("Bo")
    await bo.press("Comment")
    await bo.fill("Say who pays.")
    told = (await views(world, at.chats["Ana"]))[-1]
    assert "Bo comments: Say who pays." in await read_later(world, told)
    assert not {"Bo", "pays"} & set(stored(told).replace(".", " ").replace('"', " ").split())
    await bo.press("Comment")
    await bo.fill("Say how much.")
    assert "Bo comments: Say how much." in await read_later(world, told)
    await (await at.open("Bo")).press("I approve")
    assert f"Bo comments: {GONE}" in await read_later(world, told)
    assert "Bo comments" in words("\n".join(await pushed(world, at.chats["Ana"])))


@on_one_engine
async def test_a_screen_shows_the_version_under_which_its_writer_stands(world: World) -> None:
    at = await table(world, "challenge", "Ana", "Bo")
    await at.say("Bo", "How to heat the hall?", voters=("Ana",))
    await at.say("Bo", "How to dance", voters=("Bo",))
    await at.reveal()
    first = await write(at, "Ana", "Write", "How to heat the hall?")
    await write(at, "Bo", "Change it", "How to light the hall?")
    assert "How to heat the hall?\nRunners-up (votes):\nHow to dance (1)\nAna" in await read_later(world, first)
    for said in ("heat", "dance", "Ana"):
        assert said not in stored(first)


async def test_what_the_next_phase_begins_with_is_what_stands_now(world: World) -> None:
    at = await table(world, "challenge", "Ana", "Bo")
    await write(at, "Ana", "Write", "How to heat the hall?")
    await ended(world, at.run)
    phase = await world.read(find_phase, "solutions")
    assert phase is not None
    begins = await world.read(starting_point, at.group.id, phase)
    assert begins is not None
    view = View((begins,))
    assert await read_later(world, view) == "Challenge: How to heat the hall?"
    assert "heat" not in stored(view)
    await write(at, "Bo", "Change it", "How to light the hall?")
    assert await read_later(world, view) == "Challenge: How to light the hall?"
    latest = await world.read(current_version, at.group.id, "challenge")
    assert latest is not None
    assert latest.based_on is not None
    for version in (latest.id, latest.based_on):
        await world.change(drop_version, version)
    assert await read_later(world, view) == f"Challenge: {GONE}"


async def test_the_grid_shows_cards_as_they_are_now_each_field_on_one_line(world: World) -> None:
    at = await table(world, "territories", "Ana", "Bo")
    ana, bo = at.chats["Ana"], at.chats["Bo"]
    await ana.follow(f"wt-{base36(at.run.id)}")
    await ana.press("Write my card")
    await ana.fill("Cégeps", "Money", "", "")
    await bo.follow(f"wtg-{base36(at.group.id)}")
    shown = bo.view
    assert "Already exists: Cégeps" in await read_later(world, shown)
    assert "Cégeps" not in stored(shown)
    await ana.press("Change my card")
    await ana.fill("Schools\nand halls", "Money", "", "")
    assert "Already exists: Schools and halls\n" in await read_later(world, shown)
    assert "Already exists: Schools\nand halls\n" in await read_later(world, ana.view)
    await ana.command("effacer")
    await ana.press("Erase my texts too")
    await ana.press("Yes, erase me")
    assert f"Already exists: {GONE}\n" in await read_later(world, shown)


async def test_a_quote_that_is_cut_is_on_one_line_whichever_key_it_has(world: World) -> None:
    at = await table(world, "stakes", "Ana")
    await write(at, "Ana", "Write", "Books\nfor all")
    version = await at.current()
    assert version
    keys = [f"{version.id}.text", f"{version.id}.text.line"]  # the second as earlier messages have it
    found = dict(await world.read(quoted, "version", keys))
    assert {plain(Quote("version", key, found[key], 40), ENGLISH) for key in keys} == {"Books for all"}
