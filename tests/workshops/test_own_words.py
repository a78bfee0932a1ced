"""How long a phase lasts, asked between phases in people's own words, and the wall by its command."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engines import on_one_engine
from tests.groups.builders import crowd, group
from tests.workshops.builders import PHASES, started
from tests.world import make_settings, open_world

THEMES_UNTIL = {"fr": "jusqu’au samedi 1", "en": "until Saturday 1 May", "de": "bis"}


@on_one_engine
@pytest.mark.parametrize(
    ("locale", "words", "said"),
    [
        ("fr", "on a jusqu'à quand", "Aucune phase"),
        ("en", "how much time left?", "No phase"),
        ("de", "wie lange noch", "keine Phase"),
    ],
)
async def test_between_phases_none_is_running(store_url: str, locale: str, words: str, said: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1", locale=locale)
        await zoe.send(words)
        assert THEMES_UNTIL[locale] in zoe.text
        await world.clock.advance(timedelta(days=120))
        await zoe.send(words)
        assert said in zoe.text


async def test_the_wall_has_a_command(sqlite_url: str) -> None:
    async with open_world(sqlite_url, make_settings(phases=PHASES)) as world:
        people = await crowd(world, "Zoé", "Ali")
        zoe = people["Zoé"]
        await zoe.command("mur")
        assert "The wall" not in zoe.text
        await started(world, await group(world, ["Zoé", "Ali"]))
        await zoe.command("wall")
        assert "Understand the stakes" in zoe.text
