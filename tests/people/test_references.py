"""What stored messages say of somebody is a reference: read as it is now, and gone with whoever it names."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.content.stored_texts import decode, encode
from bot.content.texts import ERASED, SOMEONE, Joined, Listing, Person, Quote, Reader, Span, Strong, Text, _, plain
from bot.people import participant_store
from bot.people.naming import called
from bot.people.reference_store import written_out
from tests.drivers.neutral import NeutralChat
from tests.engines import on_one_engine
from tests.participants import number
from tests.world import World, open_world

READER = Reader("en", "Europe/Paris")


async def read_again(world: World, span: Span) -> str:
    """Store a text, and read it as somebody would later."""
    stored = json.dumps(encode(span), ensure_ascii=False)
    [content] = await world.read(written_out, [stored])
    return plain(decode(json.loads(content)), READER)


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    async with open_world(store_url) as world:
        yield world


@pytest.fixture
async def zoe(world: World) -> NeutralChat:
    return await world.join("Zoé", "1")


@on_one_engine
async def test_what_is_stored_of_a_name_is_who_is_meant(world: World, zoe: NeutralChat) -> None:
    person = await world.read(participant_store.find, await number(world, "Zoé"))
    assert person is not None
    said = _("{name} asks the team:", name=Strong(called(person, "full")))
    assert encode(said) == ["text", "{name} asks the team:", "", 1, {"name": ["strong", ["person", person.id, "full"]]}]
    assert plain(said, READER) == await read_again(world, said)
    assert "Zoé" in plain(said, READER)


@pytest.mark.parametrize(
    "span", [Person(977, "short"), Listing((Person(977, "given"), "x")), Joined((Person(9, "full"),))]
)
async def test_who_is_gone_is_someone(world: World, span: Span) -> None:
    assert plain(SOMEONE, READER) in await read_again(world, span)


@on_one_engine
async def test_words_that_nobody_knows_were_erased(world: World) -> None:
    assert await read_again(world, Quote("nothing", "12", "A kitchen")) == plain(ERASED, READER)


def test_a_quote_is_cut_where_it_is_shown() -> None:
    assert plain(Quote("idea", "12", "A kitchen for us", 14), READER) == "\u2068A kitchen…\u2069"


@on_one_engine
@pytest.mark.parametrize(
    "typed",
    ['["person", 1, "full"]', '"["person", 1, "full"]', '\\["quote", "idea", "1", 0]', '", ["person", 1, "given"], "'],
)
async def test_what_somebody_types_is_no_reference(world: World, zoe: NeutralChat, typed: str) -> None:
    assert await read_again(world, Text("{words}", values={"words": typed})) == typed
