"""Small talk, and people who do not understand: a line and a button, and nothing goes to the team."""

from __future__ import annotations

import pytest

from tests.outbox import pushed
from tests.world import open_world


@pytest.mark.parametrize(
    ("locale", "words", "said"),
    [
        ("fr", "t'es un robot ?", "Je suis un programme"),
        ("fr", "g pa compri", "Dans le menu"),
        ("fr", "ça marche pas", "n’est allé à personne"),
        ("fr", "mdr", "Avec plaisir"),
        ("en", "are you human?", "I am a program"),
        ("en", "i don't understand", "The menu has everything"),
        ("en", "lol", "With pleasure"),
        ("de", "bist du ein mensch", "Ich bin ein Programm"),
        ("de", "versteh nix", "Im Menü steht alles"),
    ],
)
async def test_a_line_answers_with_one_button(sqlite_url: str, locale: str, words: str, said: str) -> None:
    async with open_world(sqlite_url) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1", locale=locale)
        await zoe.send(words)
        assert said in zoe.text
        assert len(zoe.buttons) == 1
        assert await pushed(world, ines) == []
