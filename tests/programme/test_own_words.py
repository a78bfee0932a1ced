"""What people ask of the programme in their own words, in three languages: what is next, and what is on a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.groups.service.membership import publish_round
from tests.engines import on_one_engine
from tests.groups.builders import found_round, group
from tests.later import read_later, stored
from tests.participants import number, rewrite
from tests.programme.builders import with_programme
from tests.world import World, open_world

OPENING_DAY = datetime(2027, 6, 10, 7, 20, tzinfo=UTC)  # 9:20 in Paris


async def to_the_day(world: World) -> None:
    await world.clock.advance(OPENING_DAY - world.clock.now())


@on_one_engine
async def test_what_is_next_says_when_where_and_with_whom(store_url: str) -> None:
    async with open_world(store_url, with_programme()) as world:
        zoe, _ali = await world.join("Zoé", "1", locale="fr"), await world.join("Ali", "2")
        await group(world, ["Zoé", "Ali"], theme="culture", number_=6, room="salle 3")
        await world.change(publish_round, await found_round(world), world.clock.now())
        await to_the_day(world)
        for words in ("on fait quoi après", "c koi apres", "et maintenant ?"):
            await zoe.send(words)
            first, following = zoe.text.splitlines()
            assert first.startswith("Ouverture")
            assert "maintenant, depuis" in first
            assert following.startswith("Atelier")
            assert "aujourd’hui" in following
            assert "salle 3 (Culture 6), avec Ali" in following, words
            assert zoe.buttons == ("Programme",)
        answer = zoe.view
        assert answer
        assert "Ali" not in stored(answer)
        await rewrite(world, await number(world, "Ali"), given_name="Alia")
        assert "with Alia" in await read_later(world, answer)
        await zoe.send("c'est quand l'atelier")  # the one in the programme, or the phase of it that runs
        assert zoe.text.startswith("Aucune phase n’est en cours dans ton groupe.")
        assert "10\u00a0h\u00a030–12\u00a0h Atelier, salle 3 (Culture 6)" in zoe.text


@pytest.mark.parametrize(
    ("locale", "words", "first"),
    [
        ("fr", "jai quoi demain", "Rien n’est prévu ce jour-là."),
        ("fr", "la plénière c'est quand", "samedi 12 juin, 14\xa0h\xa0: Plénière"),
        ("en", "what time do we start on saturday", "Saturday 12 June"),
        ("de", "was steht am samstag an", "Samstag, 12. Juni"),
    ],
)
async def test_a_day_is_shown_by_the_word_for_it(sqlite_url: str, locale: str, words: str, first: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        zoe = await world.join("Zoé", "1", locale=locale)
        await to_the_day(world)
        await zoe.send(words)
        assert first in zoe.text.splitlines()


async def test_an_organiser_gets_the_programme_of_everybody(sqlite_url: str) -> None:
    async with open_world(sqlite_url, with_programme()) as world:
        ines = await world.organiser()
        await to_the_day(world)
        await ines.send("when is the workshop?")
        assert "Opening: now, since 09:00, Room A" in ines.text
        assert "Workshop: today, 10:30" in ines.text
