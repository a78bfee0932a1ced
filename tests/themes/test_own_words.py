"""What people ask of their theme in their own words, in three languages."""

from __future__ import annotations

import pytest

from tests.engines import on_one_engine
from tests.groups.builders import choose
from tests.world import open_world


@on_one_engine
@pytest.mark.parametrize(
    ("locale", "words", "said"),
    [
        ("fr", "je veux changer de thème", "Tu peux en changer"),
        ("en", "can I switch to another theme?", "You can change it"),
        ("de", "kann ich das Thema noch wechseln?", "wechseln"),
    ],
)
async def test_changing_the_theme_leads_to_the_choice(store_url: str, locale: str, words: str, said: str) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1", locale=locale)
        await choose(world, "Zoé", "culture")
        await zoe.send(words)
        assert said in zoe.text
        assert len(zoe.buttons) == 1, "one button goes on"


@pytest.mark.parametrize(
    ("locale", "words", "theme"),
    [
        ("fr", "c'est quoi mon thème déjà", "Culture"),
        ("en", "what is my theme again", "Culture"),
        ("de", "mein thema?", "Kultur"),
    ],
)
async def test_the_theme_is_told(sqlite_url: str, locale: str, words: str, theme: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1", locale=locale)
        await choose(world, "Zoé", "culture")
        await zoe.send(words)
        assert theme in zoe.text
