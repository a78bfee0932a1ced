"""Contacts in the chat: exchanged by a code or from the directory, saved, withdrawn, and gone with who is erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.background.scheduling import Ticker
from bot.capability import make_sources
from bot.content.texts import Reader, plain
from bot.people.attempt_store import TRIES
from handlers.initiatives.messages import vcard
from handlers.initiatives.model import Contact, Means
from handlers.initiatives.participant.contacts import exchange, look
from handlers.initiatives.schedule import AT
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.initiatives.builders import SETTINGS, code_of, giving, showing, typing
from tests.outbox import pushed
from tests.stored_rows import stored_rows
from tests.world import CAPABLE, World, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    """A gathering with initiatives."""
    async with open_world(store_url, SETTINGS) as world:
        yield world


def styled(chat: NeutralChat) -> list[str]:
    """The primary buttons of the last screen."""
    assert chat.view is not None
    return [plain(button.label, chat.reader) for button in chat.view.buttons if button.style == "primary"]


async def two(world: World) -> tuple[NeutralChat, NeutralChat]:
    """Awa on Telegram and Lou on Discord, who both give a mail address."""
    awa = await giving(await world.join("Awa", "1"), "awa@sn.example")
    return awa, await giving(await world.join("Lou", "2", platform="discord"), "lou@qc.example")


async def mine(chat: NeutralChat) -> tuple[str, ...]:
    """The names of somebody's contacts."""
    await chat.command("contacts")
    return chat.options


async def test_two_people_exchange_contacts_by_a_code_and_each_is_told_once(world: World) -> None:
    awa, lou = await two(world)
    code = await code_of(awa)
    assert "By showing it, you say yes." in awa.text
    assert awa.picture is not None
    await typing(lou, code)
    assert lou.text == "Awa wants to exchange contacts with you.\nYou share: lou@qc.example"
    assert (await mine(awa), await pushed(world, awa)) == ((), [])  # nothing before the second yes
    await typing(lou, code)
    await lou.press("Exchange")
    assert lou.text == "Awa\nawa@sn.example\nMet with a code"
    assert (await mine(awa), await mine(lou)) == (("Lou",), ("Awa",))
    said = "You and Lou both want to keep in touch."
    assert [text for text in await pushed(world, awa) if "touch" in text] == [said]


async def test_guesses_by_forged_presses_count_as_those_that_are_typed(world: World) -> None:
    awa, lou = await two(world)
    code = await code_of(awa)
    for guess in range(TRIES):
        await lou.follow(exchange.to(f"AAAA222{guess + 2}").encode())
    await lou.follow(exchange.to(code.replace("-", "")).encode())
    assert lou.text.startswith("Too many codes for now")
    assert (await mine(lou), await mine(awa)) == ((), ())


async def test_a_code_is_for_one_person_and_ten_minutes(world: World) -> None:
    awa, lou = await two(world)
    max_ = await world.join("Max", "3")
    code = await code_of(awa)
    await lou.follow(look.to(code.replace("-", "")).encode())
    await typing(max_, code)
    assert max_.text.startswith("This code does not work: each is for one person, and for 10 minutes.")
    press = lou.payload("Exchange")
    await max_.follow(press)  # a photographed or forged press
    assert (await mine(max_), await mine(awa)) == ((), ())
    await world.clock.advance(timedelta(minutes=11))
    await lou.follow(press)
    assert (await mine(lou), await mine(awa)) == ((), ())
    old, new = await code_of(awa), await code_of(awa)
    await typing(lou, old)
    assert lou.text.startswith("This code does not work")
    await typing(lou, new)
    assert "Exchange" in lou.buttons
    await typing(awa, await code_of(awa))
    assert awa.text.startswith("This code does not work")  # one's own


async def test_a_yes_in_the_directory_is_told_only_when_it_is_returned(world: World) -> None:
    awa = await giving(await showing(world, "Awa", "1"), "awa@sn.example")
    lou = await giving(await showing(world, "Lou", "2"), "lou@qc.example")
    await awa.command("directory")
    await awa.open(1)
    await awa.press("Keep in touch")
    assert awa.text == "Saved. Lou learns of it only if they want it too."
    assert (await pushed(world, lou), await mine(lou)) == ([], ())
    await lou.command("directory")
    await lou.open(1)
    await lou.press("Keep in touch")
    assert lou.text == "You and Awa both want to keep in touch."
    assert not [text for text in await pushed(world, lou) if "touch" in text], "the reply says it"
    assert [t for t in await pushed(world, awa) if "touch" in t] == ["You and Lou both want to keep in touch."]
    assert (await mine(awa), await mine(lou)) == (("Lou",), ("Awa",))


@on_one_engine
async def test_where_neither_gives_anything_both_are_told_to_and_go_on_with_the_code(world: World) -> None:
    awa, lou = await world.join("Awa", "1"), await world.join("Lou", "2")
    await typing(lou, await code_of(awa))
    assert "You have not added contact details yet" in lou.text
    await lou.press("My contact details")
    await lou.fill("lou@qc.example", "", "")
    assert "Awa wants to exchange contacts with you.\nYou share: lou@qc.example" in lou.text
    await lou.press("Exchange")
    assert "Awa has not added contact details yet. They will appear here." in lou.text
    assert lou.buttons == ("My contacts",)  # nothing to save, and nothing of one's own to add
    [told] = [text for text in await pushed(world, awa) if "touch" in text]
    assert told.endswith("You have not added contact details yet: add them, so that others can reach you.")
    await awa.command("contacts")
    assert "My contact details" in awa.buttons  # not behind «More…»
    await awa.press("My contact details")
    await awa.fill("awa@sn.example", "", "")
    assert "You share: awa@sn.example" in awa.text


@on_one_engine
async def test_who_gives_nothing_is_offered_to_as_soon_as_they_have_exchanged(world: World) -> None:
    awa, lou = await giving(await world.join("Awa", "1"), "awa@sn.example"), await world.join("Lou", "2")
    await typing(lou, await code_of(awa))
    await lou.press("Exchange")
    assert lou.buttons == ("Save (.vcf)", "My contact details", "My contacts")


@on_one_engine
async def test_contacts_point_at_one_button_which_is_the_details_until_there_are_some(world: World) -> None:
    awa = await world.join("Awa", "1")
    await awa.command("contacts")
    assert styled(awa) == ["My contact details"]
    await giving(awa, "awa@sn.example")
    assert styled(awa) == ["My code"]


@on_one_engine
async def test_a_yes_that_nobody_returned_is_taken_back_where_it_was_said(world: World) -> None:
    awa = await giving(await showing(world, "Awa", "1"), "awa@sn.example")
    lou = await giving(await showing(world, "Lou", "2"), "lou@qc.example")
    await awa.command("directory")
    await awa.open(1)
    await awa.press("Keep in touch")
    await awa.command("directory")
    await awa.open(1)
    await awa.press("Stop keeping in touch")
    await lou.command("directory")
    await lou.open(1)
    await lou.press("Keep in touch")
    assert lou.text == "Saved. Awa learns of it only if they want it too."
    assert (await mine(awa), await mine(lou)) == ((), ())


async def test_who_takes_a_yes_back_leaves_what_was_given_and_gives_nothing_new(world: World) -> None:
    awa, lou = await two(world)
    await typing(lou, await code_of(awa))
    await lou.press("Exchange")
    await giving(awa, "awa@new.example")
    await lou.command("contacts")
    await lou.open(1)
    assert "awa@new.example" in lou.text
    await awa.command("contacts")
    await awa.open(1)
    await awa.press("Stop keeping in touch")
    assert "Lou keeps what you shared" in awa.text
    await awa.press("Yes, stop")
    await giving(awa, "awa@newer.example")
    await lou.command("contacts")
    await lou.open(1)
    assert ("awa@new.example" in lou.text, await mine(awa)) == (True, ())


@on_one_engine
async def test_contacts_are_saved_as_a_file_for_the_address_book(world: World) -> None:
    awa, lou = await two(world)
    await typing(lou, await code_of(awa))
    await lou.press("Exchange")
    await lou.press("Save (.vcf)")
    assert lou.file is not None
    assert lou.file.content.decode().split("\r\n") == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:;Awa;;;",
        "FN:Awa",
        "EMAIL:awa@sn.example",
        f"NOTE:Met with a code · {world.settings.gathering.name}",
        "END:VCARD",
        "",
    ]


def test_long_lines_of_a_file_of_contacts_are_folded_between_characters() -> None:
    name = "Ñandú Łódź 李小龍 " * 8
    handle = "Signal: " + "é" * 120
    contact = Contact(1, name.strip(), "", Means(handle=handle), "code")
    content = vcard([contact], "Rencontres 🎉 " * 10, Reader("en", "UTC"))
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) == 75
    assert [line.decode() for line in lines]  # no character is cut in two
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert f"FN:{name.strip()}\r\n" in unfolded
    assert f"NOTE:{handle} · Met with a code · Rencontres 🎉" in unfolded


async def test_who_is_erased_is_gone_from_cards_and_contacts(world: World) -> None:
    awa, lou = await two(world)
    await typing(lou, await code_of(awa))
    await lou.press("Exchange")
    assert await mine(lou) == ("Awa",)
    await awa.command("erase")
    await awa.press("Erase my texts too")
    await awa.press("Yes, erase me")
    assert await mine(lou) == ()
    for rows in (await stored_rows(world.store)).values():
        assert "awa@sn.example" not in repr(rows)


async def test_on_the_last_day_everybody_is_told_once_how_many_contacts_they_have(world: World) -> None:
    awa, lou = await two(world)
    await typing(lou, await code_of(awa))
    await lou.press("Exchange")
    gathering = world.settings.gathering
    await world.clock.advance(gathering.instant(datetime.combine(gathering.ends, AT)) - world.clock.now())
    for _look in range(2):
        await Ticker(world.store, world.clock, make_sources(CAPABLE, world.settings)).look()
    for chat in (awa, lou):
        said = [text for text in await pushed(world, chat) if "go home" in text]
        assert said == ["You go home with 1 contact."]
