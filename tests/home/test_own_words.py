"""Small talk, and people who do not understand: a line and a button, and nothing goes to the team."""

from __future__ import annotations

import pytest

from tests.outbox import pushed
from tests.world import open_world


@pytest.mark.parametrize(
    ("locale", "words", "said"),
    [
        ("fr", "t'es un robot ?", "Je suis un programme"),
        ("fr", "g pa compri", "Écris-le autrement"),
        ("fr", "ça marche pas", "n’est allé à personne"),
        ("fr", "mdr", "Avec plaisir"),
        ("en", "are you human?", "I am a program"),
        ("en", "i don't understand", "Write it in other words"),
        ("en", "lol", "With pleasure"),
        ("de", "bist du ein mensch", "Ich bin ein Programm"),
        ("de", "versteh nix", "Schreib es anders"),
    ],
)
async def test_a_line_answers_with_one_button(sqlite_url: str, locale: str, words: str, said: str) -> None:
    async with open_world(sqlite_url) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1", locale=locale)
        await zoe.send(words)
        assert said in zoe.text
        assert len(zoe.buttons) == 1
        assert await pushed(world, ines) == []


async def test_yes_typed_below_a_question_asks_it_again_with_its_buttons(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        ines, zoe = await world.organiser(), await world.join("Zoé", "1")
        await zoe.send("A library for every village")
        asked = zoe.text
        for words in ("yes please", "ok", "no"):
            await zoe.send(words)
            assert zoe.text == "Not sent yet. Shall I ask the team: “A library for every village”?", words
        assert asked == "I found nothing about that. Shall I ask the team?"
        assert await pushed(world, ines) == []
        await zoe.press("Yes")
        assert "A library for every village" in (await pushed(world, ines))[-1]


async def test_yes_without_a_question_is_told_to_press_a_button(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.send("yes")
        assert zoe.text == "I cannot tell what you are answering: please press the button below my question."
        await zoe.send("ok")
        assert "With pleasure" in zoe.text, "nothing waits for it"


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("fr", "comment je m'inscris à l'atelier"),
        ("en", "how do i sign up for a workshop"),
        ("de", "wie melde ich mich für den workshop an"),
    ],
)
async def test_who_asks_how_to_sign_up_is_not_asked_whether_they_leave(
    sqlite_url: str, locale: str, words: str
) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1", locale=locale)
        await zoe.send(words)
        assert [label for label in ("Culture", "Kultur") if label in (*zoe.options, zoe.text)]
