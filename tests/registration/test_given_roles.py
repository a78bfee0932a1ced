"""Roles given on the organisers' screen: to people found or added, undone, and only by who may."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.conversation.incoming import Pressed
from bot.people import role_store
from tests.drivers.neutral import NeutralChat
from tests.outbox import pushed
from tests.participants import number
from tests.people.builders import APPLICATIONS
from tests.world import World, open_world

ONLY_ORGANISERS = "This is for the organisers."


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url, beside=[APPLICATIONS]) as world:
        yield world


async def open_roles(ines: NeutralChat) -> None:
    await ines.command("organiser")
    await ines.press("People")
    await ines.press("Roles")


async def give_office(ines: NeutralChat, name: str) -> None:
    await open_roles(ines)
    await ines.press("Offices")
    await ines.press("Find someone")
    await ines.fill(name)
    await ines.press(f"\u2068{name}")
    await ines.press("Give the role")


async def roles_of(world: World, name: str) -> list[tuple[str, str]]:
    return [*await world.read(role_store.of_person, await number(world, name))]


async def test_a_role_is_given_undone_and_taken_away(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await give_office(ines, "Zoé")
    assert "has this role: Offices." in ines.text
    assert ines.toast == "Saved."
    assert await roles_of(world, "Zoé") == [("office", "")]
    await ines.press("Undo this change")
    assert ines.text.startswith("Undone")
    assert await roles_of(world, "Zoé") == []
    await give_office(ines, "Zoé")
    await ines.press("Take this role away")
    assert "this role: Offices?" in ines.text
    told = await pushed(world, zoe)
    assert told == [
        "You have a role now: Offices.",
        "You do not have this role any more: Offices.",
        "You have a role now: Offices.",
        "You do not have this role any more: Offices.",
    ]
    await ines.act(Pressed(f"ogs-office-{await number(world, 'Zoé')}-0"))
    assert ines.toast == "Already done."


async def test_what_was_changed_since_is_not_undone(world: World) -> None:
    await world.join("Zoé", "1")
    ines = await world.organiser()
    await give_office(ines, "Zoé")
    undo = ines.payload("Undo this change")
    await ines.press("Take this role away")
    await ines.act(Pressed(undo))
    assert "changed" in ines.text
    assert await roles_of(world, "Zoé") == []


async def test_somebody_who_does_not_attend_is_added_for_a_role(world: World) -> None:
    await world.join("Zoé", "1")
    ines = await world.organiser()
    await open_roles(ines)
    await ines.press("Offices")
    await ines.press("Someone who does not attend")
    await ines.fill("Paul", "Roy")
    await ines.press("Give the role")
    await open_roles(ines)
    assert "Offices: 1 person" in ines.text
    await ines.press("Offices")
    assert "Paul Roy" in ines.text
    await ines.press("Paul Roy")
    await ines.press("See the person")
    assert any("invitation" in label for label in ines.buttons)


async def test_a_role_that_is_given_elsewhere_leads_there(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await open_roles(ines)
    await ines.press("Persons of trust")
    assert "Nobody yet." in ines.text
    await ines.press("Change this")
    assert "You never see what is written to them." in ines.text
    await ines.act(Pressed(f"ogs-trust-{await number(world, 'Zoé')}-1"))
    assert await roles_of(world, "Zoé") == []
    for payload in ("og", "ogr-office-0", "ogp-office-1"):
        await zoe.act(Pressed(payload))
        assert zoe.text.startswith(ONLY_ORGANISERS)


async def test_an_office_names_readers_and_looks_for_nobody(world: World) -> None:
    zoe, ines = await world.join("Zoé", "1"), await world.organiser()
    await world.invite("Rea", "Maas")
    await give_office(ines, "Zoé")
    await zoe.act(Pressed("og"))
    assert "Readers: 0 people" in zoe.text
    assert "Offices" not in zoe.text
    await zoe.press("Readers")
    assert "Someone who does not attend" not in zoe.buttons
    await zoe.press("Find someone")
    await zoe.fill("maas")
    assert zoe.text == "Nobody is called that."
    await zoe.press("Find someone else")
    await zoe.fill("REA MAAS")
    await zoe.press("Rea Maas")
    await zoe.pick("Quebec")
    assert await roles_of(world, "Rea") == [("reader", "CA-QC")]
    assert not any("Undo" in label or "See the person" in label for label in zoe.buttons)
