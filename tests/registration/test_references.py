"""What messages to organisers say of a person is stored by reference: read as it is now, and gone with the person."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.content.texts import ERASED, plain
from bot.people import participant_store
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.later import ENGLISH, read_later, stored
from tests.outbox import views
from tests.participants import number, rewrite
from tests.registration.test_importing import sent
from tests.stored_rows import stored_rows
from tests.world import World, open_world

GONE = plain(ERASED, ENGLISH)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url) as world:
        yield world


async def card_of(ines: NeutralChat, name: str) -> None:
    """An organiser opens somebody's card."""
    await ines.command("organiser")
    await ines.press("Find someone")
    await ines.fill(name)
    await ines.press(next(label for label in ines.buttons if "(" in label))


async def test_a_card_left_open_holds_nothing_of_a_person_who_is_gone(world: World) -> None:
    await world.join("Zoe", "1")
    zoe = await number(world, "Zoe")
    await rewrite(world, zoe, family_name="Dupont", email="zoe@example.org", organisation="OFQJ")
    ines = await world.organiser()
    await card_of(ines, "zoe")
    card = ines.view
    shown = await read_later(world, card)
    for said in ("Zoe Dupont (R-0001)", "Organisation: OFQJ", "E-mail: zoe@example.org", "Telegram · Zoe"):
        assert said in shown
    for word in ("Zoe", "Dupont", "OFQJ", "example.org"):
        assert word not in stored(card)
    await rewrite(world, zoe, family_name="Durand", organisation="LOJIQ")
    assert "Zoe Durand (R-0001)" in await read_later(world, card)
    assert "Organisation: LOJIQ" in await read_later(world, card)
    await world.change(participant_store.remove, [zoe])
    shown = await read_later(world, card)
    assert shown == "This message was about someone who has erased their data."


@on_one_engine
async def test_the_line_that_says_what_was_changed_names_who_it_was_by_reference(world: World) -> None:
    await world.invite("Zoe", "Dupond")
    ines = await world.organiser(modal=True)
    await card_of(ines, "zoe")
    await ines.press("Correct")
    await ines.fill("Zoe", "Dupont", "", "", "")
    assert ines.text == "Zoe Dupont corrected"
    [entry] = (await stored_rows(world.store, "journal"))["journal"]
    assert json.loads(entry["what"])[4] == {"name": ["person", await number(world, "Zoe"), "full"]}
    assert "Zoe Dupont corrected" in await read_later(world, ines.view)
    assert "Dupont" not in stored(ines.view)


@on_one_engine
async def test_what_importing_would_do_names_those_whom_it_changes_by_reference(world: World) -> None:
    await world.invite("Zoe", "Dupond")
    ines = await sent(world, "R-0001,Zoe,Dupont,CA-QC,,\n")
    offer = (await views(world, ines))[-1]
    assert "Zoe Dupond: family name" in await read_later(world, offer)
    assert "Dupon" not in stored(offer)
    await ines.press("Import")
    assert "Zoe Dupont: family name" in await read_later(world, offer)
