"""What nobody should do with cards and contacts: insults, yes to everybody, and presses on what is not one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from bot.conversation.displays import LINK
from bot.conversation.incoming import Picked
from handlers.initiatives.participant.card import show
from handlers.initiatives.participant.contacts import exchange, give, open_contact, save, withdraw
from handlers.initiatives.participant.directory import keep_contact
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.initiatives.builders import SETTINGS, giving, showing
from tests.outbox import pushed
from tests.participants import number
from tests.world import World, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    """A gathering with initiatives."""
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def mine(chat: NeutralChat) -> tuple[str, ...]:
    """The names of somebody's contacts."""
    await chat.command("contacts")
    return chat.options


async def keeps(chat: NeutralChat, name: str) -> None:
    """Say in the directory that one wants to keep in touch with somebody."""
    await chat.command("directory")
    await chat.pick(name)
    await chat.press("Keep in touch")


async def three(world: World) -> tuple[NeutralChat, NeutralChat, NeutralChat]:
    """Awa on Telegram, Lou on Discord and Max on the page, who show their cards and give a mail address."""
    return (
        await giving(await showing(world, "Awa", "1"), "awa@sn.example"),
        await giving(await showing(world, "Lou", "2", platform="discord"), "lou@qc.example"),
        await giving(await showing(world, "Max", "3", platform="web"), "max@be.example"),
    )


async def test_yes_to_everybody_brings_those_alone_who_say_yes_too(world: World) -> None:
    awa, lou, max_ = await three(world)
    for name in ("Lou", "Max"):
        await keeps(awa, name)
    assert await mine(awa) == ()
    await keeps(lou, "Awa")
    assert (await mine(awa), await mine(lou), await mine(max_)) == (("Lou",), ("Awa",), ())
    assert not [said for said in await pushed(world, max_) if "Awa" in said or "awa@" in said]


async def test_a_block_after_a_yes_takes_the_yes_back_in_silence(world: World) -> None:
    awa, lou, _max = await three(world)
    await keeps(awa, "Lou")
    await awa.command("directory")
    await awa.pick("Lou")
    await awa.press("Block")
    await awa.press("Yes, block")
    await lou.command("directory")
    assert lou.options == ("Max, Senegal: looks for a place",)
    await lou.follow(keep_contact.to(await number(world, "Awa")).encode())
    assert lou.text.startswith("This card is no longer shown.")
    await awa.command("contacts")
    await awa.press("Unblock all (1)")
    await awa.press("Yes, unblock")
    await keeps(lou, "Awa")
    assert lou.text == "Saved. Awa learns of it only if they want it too."
    assert (await mine(awa), await mine(lou)) == ((), ())


@on_one_engine
async def test_forged_presses_on_the_yes_of_others_show_and_change_nothing(world: World) -> None:
    awa, lou, max_ = await three(world)
    await keeps(awa, "Lou")
    await keeps(lou, "Awa")
    person = await number(world, "Awa")
    await max_.act(Picked(open_contact.to().encode(), (str(person),)), forged=True)
    assert "awa@" not in max_.text
    for action in (
        save.to(person),
        withdraw.to(person),
        exchange.to("ABCD2345"),
        keep_contact.to(await number(world, "Max")),
        keep_contact.to(4711),
        show.to(True),
        give.to(),
    ):
        await max_.follow(action.encode(), forged=True)
        assert "awa@" not in max_.text
        assert max_.file is None
    assert (await mine(max_), await mine(awa), await mine(lou)) == ((), ("Lou",), ("Awa",))


@on_one_engine
async def test_insults_that_three_report_are_hidden_from_all_but_their_author_and_the_team(world: World) -> None:
    await showing(world, "Awa", "1", "You are all idiots", "Go home, idiots.", "Senegal", "")
    ines = await world.organiser()
    others = [await showing(world, f"P{place}", str(place + 10)) for place in range(3)]
    for chat in others:
        await chat.command("directory")
        await chat.pick("Awa")
        await chat.press("Report")
        await chat.press("Yes, report it")
    max_ = await world.join("Max", "3")
    await max_.command("directory")
    assert not [label for label in max_.options if "Awa" in label]
    said = [words for words in await pushed(world, ines) if "idiots" in words]
    assert [words.splitlines()[0] for words in said] == [
        "Someone reported a card:",
        "A card was reported by several people, and stays hidden until the team decides:",
    ]


@pytest.mark.parametrize("platform", ["telegram", "discord", "web"])
@on_one_engine
async def test_the_code_of_a_card_is_scanned_by_one_and_holds_nothing_about_its_owner(
    world: World, platform: str
) -> None:
    awa = await giving(await world.join("Awa", "1", platform=platform), "awa@sn.example")
    await awa.command("contacts")
    await awa.press("My code")
    assert "By showing it, you say yes." in awa.text
    assert awa.picture is not None
    [code] = zxingcpp.read_barcodes(Image.open(BytesIO(awa.picture.content)))
    address, payload = code.text.split(LINK)
    assert (address, payload[:4], len(payload)) == ("https://r.example", "ncl-", 12)
    lou, max_ = await world.join("Lou", "2"), await world.join("Max", "3")
    await lou.follow(payload)
    assert lou.text.startswith("Awa wants to exchange contacts with you.")
    await max_.follow(payload)  # a photograph of it
    assert max_.text.startswith("This code does not work: each is for one person, and for 10 minutes.")
    await lou.press("Exchange")
    assert (await mine(awa), await mine(lou), await mine(max_)) == (("Lou",), ("Awa",), ())


@on_one_engine
async def test_a_card_of_4000_characters_typed_into_the_chat_is_refused_and_asked_again(world: World) -> None:
    awa = await world.join("Awa", "1")
    await awa.command("initiative")
    await awa.press("Present my initiative")
    await awa.fill("a" * 4000)
    assert "3920 characters too many" in awa.text
    await awa.fill("Garden", "We grow.", "Senegal", "")
    await awa.pick("a place")
    await awa.pick("volunteers")
    assert awa.text.startswith("Garden\nAwa, Senegal\nWe grow.")
