"""The screen for the wall in the chat: its link and QR code, closing it, captions, and screens of one's own."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from bot.content.texts import Link
from bot.conversation import display_store
from bot.conversation.display_store import DisplayLink
from handlers.plenary.store.wishes import wishes_of
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.groups.builders import crowd, group, mark_published
from tests.plenary.builders import card, groups_on_stage, prepared, present_state, running
from tests.world import World, make_settings, open_world

PAGES = "https://pages.example"
WITH_PAGES = make_settings(organisers={"telegram": [900]}, web={"public_url": PAGES})


def address_of(chat: NeutralChat) -> str:
    """The link in the answer."""
    assert chat.view
    [link] = [line for line in chat.view.lines if isinstance(line, Link)]
    return link.url


async def opened_by(world: World, chat: NeutralChat) -> DisplayLink:
    """What the link in the answer opens."""
    address = address_of(chat)
    assert address.startswith(f"{PAGES}/ecran/")
    link = await world.read(display_store.find, address.rpartition("/")[2])
    assert link
    return link


@on_one_engine
async def test_an_organiser_opens_the_screen_closes_it_and_opens_a_new_one(store_url: str) -> None:
    async with open_world(store_url, WITH_PAGES) as world:
        await groups_on_stage(world, 2)
        state = await prepared(world, hours=1)
        ines = await world.organiser()
        await ines.command("pleniere")
        await ines.press("Open the screen")
        first = await opened_by(world, ines)
        assert (first.kind, first.subject, first.participant_id, first.closed) == (
            "stage",
            str(state.plenary.id),
            None,
            False,
        )
        assert "only shows the screen" in ines.text
        assert ines.view
        assert ines.view.secret
        [picture] = ines.view.attachments
        [code] = zxingcpp.read_barcodes(Image.open(BytesIO(picture.content)))
        assert code.text == address_of(ines)
        old = address_of(ines)

        await ines.press("Revoke the links")
        assert ines.text == "1 link is revoked: it no longer shows anything."
        assert old not in ines.text
        closed = await world.read(display_store.find, old.rpartition("/")[2])
        assert closed
        assert closed.closed
        await ines.press("Open the screen")
        assert not (await opened_by(world, ines)).closed
        assert address_of(ines) != old
        await ines.press("Back to the plenary")
        assert "The plenary · 2 groups" in ines.text


async def test_the_conductors_card_opens_it_too_and_says_how_many_links_are_open(store_url: str) -> None:
    async with open_world(store_url, WITH_PAGES) as world:
        await groups_on_stage(world, 2)
        state = await running(world)
        ines = await world.organiser()
        await card(world, ines, state)
        await ines.press("Open the screen")
        assert "work now" not in ines.text
        await card(world, ines, await present_state(world))
        await ines.press("Open the screen")
        assert "2 links work now." in ines.text
        await ines.press("Revoke the links")
        assert ines.text == "2 links are revoked: they no longer show anything."
        await ines.press("Open the screen")
        await ines.press("Revoke the links")
        assert ines.text == "1 link is revoked: it no longer shows anything."


@on_one_engine
async def test_without_pages_there_is_no_screen(store_url: str) -> None:
    async with open_world(store_url) as world:
        people = await crowd(world, "Zoé")
        await group(world, ["Zoé"])
        await mark_published(world)
        state = await running(world)
        ines = await world.organiser()
        await card(world, ines, state)
        await ines.press("Open the screen")
        assert "public_url" in ines.text
        zoe = people["Zoé"]
        await zoe.command("scene")
        assert "The stage is below." in zoe.text
        assert "Follow remotely" not in zoe.buttons


@pytest.mark.parametrize(
    "address", ["http://captions.example", "javascript:alert(1)", "captions", "https://", "https://[x"]
)
async def test_captions_are_at_an_encrypted_address(sqlite_url: str, address: str) -> None:
    async with open_world(sqlite_url, WITH_PAGES) as world:
        await groups_on_stage(world, 2)
        await prepared(world, hours=1)
        ines = await world.organiser()
        await ines.command("pleniere")
        await ines.press("Open the screen")
        await ines.press("Captions")
        await ines.fill(address)
        assert "https://" in ines.text
        assert (await present_state(world)).plenary.captions == ""
        await ines.fill("https://captions.example/room?x=1")
        assert ines.text == "People who follow remotely now have a link to the captions."
        assert (await present_state(world)).plenary.captions == "https://captions.example/room?x=1"


async def test_each_person_has_one_screen_of_their_own(store_url: str) -> None:
    async with open_world(store_url, WITH_PAGES) as world:
        people = await crowd(world, "Zoé", "Ali")
        await group(world, ["Zoé"])
        await group(world, ["Ali"], theme="civic")
        await mark_published(world)
        await running(world)
        zoe = people["Zoé"]
        await zoe.command("scene")
        await zoe.press("Follow remotely")
        own = await opened_by(world, zoe)
        assert own.participant_id == world.ids["Zoé"]
        assert "keep it to yourself" in zoe.text
        old = address_of(zoe)
        await zoe.command("moi")
        await zoe.press("Follow remotely")
        assert (await opened_by(world, zoe)).participant_id == world.ids["Zoé"]
        assert await world.read(display_store.find, old.rpartition("/")[2]) is None
        ines = await world.organiser()  # who attends nothing, and may be elsewhere
        await ines.command("scene")
        await ines.press("Follow remotely")
        assert not (await opened_by(world, ines)).closed


@on_one_engine
async def test_a_group_agrees_that_its_names_stand_on_the_wall(store_url: str) -> None:
    async with open_world(store_url) as world:
        people = await crowd(world, "Zoé")
        made = await group(world, ["Zoé"])
        await mark_published(world)
        await prepared(world)
        zoe = people["Zoé"]
        await zoe.command("groupe")
        await zoe.press("Who presents?")
        assert "first names" not in zoe.text
        await zoe.press("Our names on screen")
        assert "On the wall, your group's ideas show first names." in zoe.text
        assert (await world.read(wishes_of, made.id)).named
        await zoe.press("No names on screen")
        assert "On the wall" not in zoe.text
        assert not (await world.read(wishes_of, made.id)).named
