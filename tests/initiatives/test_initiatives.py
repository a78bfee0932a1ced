"""Cards of initiatives, and contacts that change hands once two people have both said yes."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from bot.membership.erasure import erase
from handlers.initiatives import service
from handlers.initiatives.model import InitiativeCard
from handlers.initiatives.store.cards import card_of, put_card
from handlers.initiatives.store.contacts import contacts_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.outbox import pushed
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import DECLARED, World, make_settings, open_world

SETTINGS = make_settings(organisers={"telegram": [900]}, initiatives={})


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url, SETTINGS) as opened:
        yield opened


async def say(world: World, person: str, about: str, *, yes: bool) -> bool:
    ids = [await number(world, name) for name in (person, about)]
    return await world.change(service.answer, *ids, yes=yes, met="encounter", now=world.clock.now())


async def two_with_cards(world: World) -> tuple[NeutralChat, NeutralChat]:
    awa, bo = await world.join("Awa", "1"), await world.join("Bo", "2")
    for name in ("Awa", "Bo"):
        card = InitiativeCard(("place",), ("hands",), f"{name.lower()}@example.org", shown=True)
        await world.change(put_card, await number(world, name), card)
    return awa, bo


async def test_a_card_is_written_and_seen_by_nobody_until_it_is_shown(world: World) -> None:
    awa = await world.join("Awa", "1")
    await awa.command("initiative")
    assert "Nobody sees this card yet." in awa.text
    await awa.press("What I look for and bring")
    await awa.pick("a place", "funding")
    assert "And what do you bring?" in awa.text
    await awa.pick("volunteers")
    assert "You look for a place and funding." in awa.text
    assert "You bring volunteers." in awa.text
    card = await world.read(card_of, await number(world, "Awa"))
    assert (card.seeks, card.offers, card.shown) == (("place", "money"), ("hands",), False)
    await awa.press("Yes, show it")
    assert "Others read what you look for and bring" in awa.text
    await awa.press("Hide my card")
    assert not (await world.read(card_of, await number(world, "Awa"))).shown


@on_one_engine
async def test_how_to_reach_somebody_is_kept_with_the_card(world: World) -> None:
    awa = await world.join("Awa", "1")
    await awa.command("initiative")
    await awa.press("How to reach me")
    await awa.fill("awa@example.org")
    assert "Only people whom you want to keep in touch with" in awa.text
    assert "Whom you keep in touch with reads: awa@example.org" in awa.text


async def test_two_yes_hand_over_contacts_once_and_a_no_says_nothing(world: World) -> None:
    awa, bo = await two_with_cards(world)
    assert not await say(world, "Awa", "Bo", yes=True)
    assert await pushed(world, awa) == await pushed(world, bo) == []
    await awa.command("contacts")
    assert "You have no contacts yet." in awa.text
    assert await say(world, "Bo", "Awa", yes=True)
    assert await say(world, "Bo", "Awa", yes=True)
    [to_awa], [to_bo] = await pushed(world, awa), await pushed(world, bo)
    assert "bo@example.org" in str(to_awa)
    assert "awa@example.org" in str(to_bo)
    await bo.command("contacts")
    assert "Awa" in bo.text
    assert "awa@example.org" in bo.text
    await bo.pick("Awa")
    assert "Removed. They are not told." in bo.text
    await awa.command("contacts")
    assert "bo@example.org" not in awa.text


@on_one_engine
async def test_whoever_is_erased_is_in_nobodys_contacts_and_messages(world: World) -> None:
    awa, _bo = await two_with_cards(world)
    for person, about in (("Awa", "Bo"), ("Bo", "Awa")):
        await say(world, person, about, yes=True)
    await awa.command("contacts")
    assert "bo@example.org" in awa.text
    await world.change(erase, DECLARED, await number(world, "Bo"), world.clock.now(), texts=True, files=world.files)
    await awa.command("contacts")
    assert "Bo" not in awa.text
    for rows in (await stored_rows(world.store)).values():
        assert "bo@example.org" not in repr(rows)


@on_one_engine
async def test_nobody_removes_or_reads_the_contact_of_somebody_who_did_not_say_yes(world: World) -> None:
    """Over many histories of yes, no, removing and erasing, contacts are exactly the pairs of two yes."""
    chance = random.Random(3)
    people = [f"P{place}" for place in range(6)]
    for place, name in enumerate(people):
        await world.join(name, str(place))
        await world.change(put_card, await number(world, name), InitiativeCard(contact=f"{name}@example.org"))
    ids = {name: await number(world, name) for name in people}
    said: dict[tuple[str, str], bool] = {}
    for _step in range(400):
        one, other = chance.sample(people, 2)
        said[one, other] = chance.random() < 0.6
        await say(world, one, other, yes=said[one, other])
        both = {about for about in people if said.get((one, about)) and said.get((about, one))}
        read = {contact.contact for contact in await world.read(contacts_of, ids[one])}
        assert read == {f"{about}@example.org" for about in both}
