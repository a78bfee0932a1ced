"""Cards of initiatives in the chat: written, shown, found, reported, hidden and taken off."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.conversation.incoming import Picked, Pressed
from handlers.questionnaires.model import AnswerKind
from handlers.questionnaires.store import add_field, put_answers
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.initiatives.builders import SETTINGS, showing, writing
from tests.outbox import press_push, pushed
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import World, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    """A gathering with initiatives."""
    async with open_world(store_url, SETTINGS) as world:
        yield world


async def directory(chat: NeutralChat) -> tuple[str, ...]:
    """Whom somebody finds in the directory."""
    await chat.command("directory")
    return chat.options


async def report(chat: NeutralChat, place: int = 1) -> None:
    """Report a card of the directory."""
    await chat.command("directory")
    await chat.open(place)
    await chat.press("Report")
    await chat.press("Yes, report it")


async def test_a_card_is_shown_as_its_author_saw_it_and_not_before_they_say_so(world: World) -> None:
    awa = await writing(world, "Awa", "1")
    lines = awa.text.split("\n")
    assert lines[:5] == [
        "Garden of Awa",
        "Awa, Senegal",
        "We grow vegetables with schools.",
        "Looks for: a place",
        "Brings: volunteers",
    ]
    assert lines[-1] == "Nobody sees it yet. Others will see exactly this, on the wall and on paper too. Show it?"
    max_ = await world.join("Max", "2")
    assert await directory(max_) == ()
    await awa.press("Yes, show it")
    assert await directory(max_) == ("Awa, Senegal: looks for a place",)
    await max_.open(1)
    assert max_.text.split("\n") == lines[:5]
    await awa.press("No longer show it")
    assert await directory(max_) == ()


@on_one_engine
async def test_the_form_opens_with_what_the_list_tells(world: World) -> None:
    awa = world.chat("1", name="Awa", modal=True)
    await awa.follow(f"j-{await world.invite('Awa', territory='SN')}")
    field = await world.change(add_field, AnswerKind.LINE, {"fr": "Projet", "en": "Project"}, ())
    await world.change(put_answers, False, [(await number(world, "Awa"), field, "Radio des quartiers")])
    await awa.command("initiative")
    await awa.press("Present my initiative")
    assert {key: said for key, said in awa.prefill.items() if said} == {
        "name": "Radio des quartiers",
        "where": "Senegal",
    }


@on_one_engine
@pytest.mark.parametrize(
    ("sentence", "link", "refusal"),
    [
        ("a" * 4000, "", "3800 characters too many"),
        ("https://buy.example www.buy.example", "", "Say it in words"),
        ("We grow.", "javascript:alert(1)", "An address that begins with https://"),
    ],
)
async def test_a_card_that_nobody_can_use_is_refused_and_kept(
    world: World, sentence: str, link: str, refusal: str
) -> None:
    awa = await world.join("Awa", "1", modal=True)
    await awa.command("initiative")
    await awa.press("Present my initiative")
    await awa.fill("Garden", sentence, "Senegal", link)
    assert refusal in awa.text
    await awa.command("initiative")
    assert "Present my initiative" in awa.buttons


async def test_own_words_stay_on_the_side_on_which_they_were_asked_for(world: World) -> None:
    awa = await world.join("Awa", "1")
    await awa.command("initiative")
    await awa.press("Present my initiative")
    await awa.fill("Garden", "", "Senegal", "")
    assert awa.view is not None
    assert awa.view.choice is not None
    ticked = Picked(awa.view.choice.action.encode(), ("place",))
    await awa.act(Pressed(awa.payload("In my own words"), beside=ticked))  # as a page sends ticks that were not saved
    await awa.fill("with a well")
    assert awa.text.startswith("What do you bring?")
    await awa.press("In my own words")
    await awa.fill("seeds")
    assert awa.text.split("\n")[2:4] == ["Looks for: a place and with a well", "Brings: seeds"]
    await awa.press("Change it")
    await awa.press("I look for")
    await awa.press("In my own words")
    await awa.fill("with a pump")
    assert "Looks for: a place and with a pump" in awa.text


async def test_cards_are_found_by_need_territory_and_words_in_any_form(world: World) -> None:
    await showing(world, "Awa", "1")
    await showing(world, "Lou", "2", "Radio", "Young people speak on air.", "Québec", "")
    max_ = await world.join("Max", "3")
    await max_.command("directory")
    await max_.press("Find")
    await max_.press("By territory")
    await max_.press("Quebec (1)")
    assert max_.options == ("Lou, Quebec: looks for a place",)
    await max_.press("The directory")
    await max_.press("Find")
    await max_.press("By what they look for")
    await max_.press("a place (2)")
    assert [label.split(",")[0] for label in max_.options] == ["Awa", "Lou"]
    await max_.press("The directory")
    await max_.press("Find")
    await max_.press("Search by words")
    await max_.fill("growing a vegetable")
    assert max_.options == ("Awa, Senegal: looks for a place",)
    await max_.press("The directory")
    await max_.press("Find")
    await max_.press("By what they bring")
    await max_.press("volunteers (2)")
    assert [label.split(",")[0] for label in max_.options] == ["Awa", "Lou"]
    await max_.press("The directory")
    await max_.press("Find")
    await max_.press("Search by words")
    await max_.fill("a volunteer")  # nobody wrote this: it is a choice on both cards
    assert [label.split(",")[0] for label in max_.options] == ["Awa", "Lou"]


@on_one_engine
async def test_a_word_is_found_on_a_card_of_another_language_than_the_readers(world: World) -> None:
    await showing(world, "Awa", "1", "Jardin", "Nous cultivons des légumes avec les écoles.", "Senegal", "")
    max_ = await world.join("Max", "3")  # who reads English
    await max_.command("directory")
    await max_.press("Find")
    await max_.press("Search by words")
    await max_.fill("légume")
    assert max_.options == ("Awa, Senegal: looks for a place",)


async def test_who_blocks_or_reports_sees_and_is_seen_no_more(world: World) -> None:
    await showing(world, "Awa", "1")
    lou = await showing(world, "Lou", "2")
    await lou.command("directory")
    await lou.open(1)
    await lou.press("Block")
    await lou.press("Yes, block")
    awa = world.chat("1", name="Awa")
    assert (await directory(lou), await directory(awa)) == ((), ())
    await lou.command("contacts")
    await lou.press("Unblock all (1)")
    await lou.press("Yes, unblock")
    assert await directory(lou) == ("Awa, Senegal: looks for a place",)
    await report(lou)
    assert (await directory(lou), await directory(awa)) == ((), ())


async def test_a_card_that_three_report_is_hidden_until_the_team_looks_at_it(world: World) -> None:
    awa, ines = await showing(world, "Awa", "1"), await world.organiser()
    others = [await world.join(f"P{place}", str(place + 10)) for place in range(4)]
    for chat in others[:2]:
        await report(chat)
    assert len(await directory(others[3])) == 1
    await report(others[2])
    assert await directory(others[3]) == ()
    assert [said.startswith("A card was reported") for said in await pushed(world, ines)].count(True) == 1
    await awa.command("initiative")
    assert "Hidden for now" in awa.text
    await press_push(world, ines, "Show it again")
    assert ines.text == "It is shown again."
    assert len(await directory(others[3])) == 1


async def test_the_team_takes_a_card_off_and_its_author_reads_why(world: World) -> None:
    awa, ines = await showing(world, "Awa", "1"), await world.organiser()
    max_ = await world.join("Max", "2")
    await report(max_)
    await press_push(world, ines, "Take it off")
    await ines.fill("This is an advertisement.")
    rows = (await stored_rows(world.store, "endings"))["endings"]
    assert [row["what"].split(" ")[0] for row in rows if row["kind"] == "initiatives"][-1] == "off", (
        "after a restore too"
    )
    assert "This is an advertisement." in (await pushed(world, awa))[-1]
    lou = await world.join("Lou", "3")
    assert await directory(lou) == ()
    await awa.command("initiative")
    await awa.press("Change it")
    await awa.press("The words")
    await awa.fill("Garden", "We grow.", "Senegal", "")
    for words in ("We grow more.", "We grow less."):
        await awa.press("Change it")
        await awa.press("The words")
        await awa.fill("Garden", words, "Senegal", "")
    assert [said.startswith("A card that is hidden was changed") for said in await pushed(world, ines)].count(True) == 1
    await press_push(world, ines, "Show it again")
    assert await directory(lou) == ("Awa, Senegal: looks for a place",)


@on_one_engine
async def test_organisers_remind_once_who_shows_no_card(world: World) -> None:
    awa, ines = await showing(world, "Awa", "1"), await world.organiser()
    max_ = await world.join("Max", "2")
    await ines.command("organise")
    await ines.press("People")
    await ines.press("Initiatives")
    assert "Cards shown: 1 of 2." in ines.text
    await ines.press("Send a reminder")
    await ines.press("Yes, remind them")
    assert ["Present it in two minutes" in said for said in await pushed(world, max_)].count(True) == 1
    assert not [said for said in await pushed(world, awa) if "two minutes" in said]
    await ines.press("Initiatives")
    assert "Send a reminder" not in ines.buttons


@on_one_engine
async def test_without_the_section_nobody_is_offered_anything(store_url: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1")
        for word in ("initiative", "directory", "contacts"):
            await zoe.command(word)
            assert zoe.text.startswith(f"I do not know /{word}.")
