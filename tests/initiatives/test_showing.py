"""Cards on paper and on the wall: only those that are shown, in the words that their authors saw."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import zxingcpp

from bot.content.scenes import Scene
from bot.content.texts import Reader, plain
from bot.conversation import display_store
from handlers.initiatives.displays import draw
from tests.drivers.neutral import NeutralChat
from tests.drivers.program import catch_up_with
from tests.engines import on_one_engine
from tests.initiatives.builders import SETTINGS, showing, writing
from tests.pdf import page_words, picture_of_page
from tests.stored_rows import stored_rows
from tests.world import World, open_world


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    """A gathering with two cards that are shown, and one that is not."""
    async with open_world(store_url, SETTINGS) as world:
        await showing(world, "Awa", "1")
        await showing(world, "Lou", "2", "Radio", "Young people speak on air.", "Québec", "radio.example/on-air")
        await writing(world, "Max", "3", "A secret plan", "Not yet.", "Belgium", "")
        yield world


async def initiatives(world: World) -> NeutralChat:
    """An organiser who looks at the initiatives."""
    ines = await world.organiser()
    await ines.follow("no")
    return ines


async def scene(world: World) -> Scene:
    """What a wall shows."""
    found = await world.read(draw, "all", world.clock.now())
    assert found is not None
    return found


async def printed(world: World, label: str) -> bytes:
    """The file that an organiser gets."""
    ines = await initiatives(world)
    await ines.press(label)
    await catch_up_with(world, ines)
    assert ines.file is not None
    return ines.file.content


@on_one_engine
async def test_posters_have_a_page_for_each_card_with_its_link_to_scan(world: World) -> None:
    pdf = await printed(world, "Print posters")
    radio, garden = page_words(pdf)
    assert garden[:5] == [
        *("Garden of Awa", "Awa, Senegal", "We grow vegetables with schools."),
        *("Looks for: a place", "Brings: volunteers"),
    ]
    assert radio[0] == "Radio"
    [code] = zxingcpp.read_barcodes(picture_of_page(pdf, 0, 2.0))
    assert code.text == "https://radio.example/on-air"


@on_one_engine
async def test_the_booklet_has_the_cards_that_are_shown_by_territory(world: World) -> None:
    [page] = page_words(await printed(world, "Print the booklet"))
    shown = ("Initiatives", "Quebec", "Radio", "Senegal", "Garden of Awa", "A secret plan")
    assert [words for words in page if words in shown] == ["Initiatives", "Quebec", "Radio", "Senegal", "Garden of Awa"]


@on_one_engine
async def test_who_hides_their_card_before_it_is_printed_is_on_no_paper_and_no_job_holds_a_card(world: World) -> None:
    ines = await initiatives(world)
    await ines.press("Print the booklet")
    lou = world.chat("2", name="Lou")
    await lou.command("initiative")
    await lou.press("No longer show it")
    assert "Radio" not in str(await stored_rows(world.store, "jobs"))
    await catch_up_with(world, ines)
    assert ines.file is not None
    [page] = page_words(ines.file.content)
    assert "Garden of Awa" in page
    assert "Radio" not in page


async def test_a_wall_shows_the_cards_until_they_are_taken_off(world: World) -> None:
    ines = await initiatives(world)
    await ines.press("Open the screen")
    assert ines.picture is not None
    secret = urlsplit(ines.text.splitlines()[1]).path.rsplit("/", 1)[1]
    reader = Reader("en", "Europe/Paris")
    assert [plain(card.text, reader) for card in (await scene(world)).cards] == ["Garden of Awa", "Radio"]
    assert [plain(card.author, reader) for card in (await scene(world)).cards] == [
        "Awa, Senegal: looks for a place",
        "Lou, Quebec: looks for a place",
    ]
    link = await world.read(display_store.find, secret)
    assert link is not None
    assert (link.kind, link.closed) == ("initiatives", False)
    await (await initiatives(world)).press("Take it off the wall")
    link = await world.read(display_store.find, secret)
    assert link is not None
    assert link.closed


@on_one_engine
async def test_revoking_the_links_leaves_a_wall_that_was_opened_for_something_else(world: World) -> None:
    lent = await world.change(display_store.issue, "plenary", "1", None, world.clock.now())
    ines = await initiatives(world)
    await ines.press("Show it on the wall")
    ines = await initiatives(world)
    await ines.press("Open the screen")
    own = urlsplit(ines.text.splitlines()[1]).path.rsplit("/", 1)[1]
    await (await initiatives(world)).press("Take it off the wall")
    links = [await world.read(display_store.find, secret) for secret in (lent, own)]
    assert [link and (link.kind, link.closed) for link in links] == [("plenary", False), ("initiatives", True)]


@on_one_engine
async def test_walls_that_are_open_show_the_cards_at_one_press_and_then_what_they_showed(world: World) -> None:
    now = world.clock.now()
    secret = await world.change(display_store.issue, "plenary", "1", None, now)
    ines = await initiatives(world)
    await ines.press("Show it on the wall")
    assert ines.text == "1 wall shows it now."
    shown = await world.read(display_store.find, secret)
    await ines.follow("no")
    await ines.press("Take it off the wall")
    then = await world.read(display_store.find, secret)
    assert [link and (link.kind, link.closed) for link in (shown, then)] == [("initiatives", False), ("plenary", False)]
