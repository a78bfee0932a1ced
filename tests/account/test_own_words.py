"""Another language, and leaving, asked for in people's own words."""

from __future__ import annotations

import pytest

from tests.engines import on_one_engine
from tests.world import open_world


@on_one_engine
@pytest.mark.parametrize(
    ("locale", "words", "said", "back"),
    [
        ("fr", "parle moi en anglais stp", "From now on I will write to you in English.", "Back to français"),
        ("en", "auf deutsch bitte", "Ab jetzt schreibe ich dir auf Deutsch.", "Zurück: English"),
        ("de", "kannst du französisch", "Désormais, je t’écris en français.", "Revenir\xa0: Deutsch"),
    ],
)
async def test_a_language_that_is_named_is_taken_and_can_be_taken_back(
    store_url: str, locale: str, words: str, said: str, back: str
) -> None:
    async with open_world(store_url) as world:
        zoe = await world.join("Zoé", "1", locale=locale)
        await zoe.send(words)
        assert zoe.buttons == (back,), zoe.text
        assert zoe.text == said
        await zoe.press(back)
        await zoe.command("moi")
        assert {"fr": "Plus…", "en": "More…", "de": "Mehr…"}[locale] in zoe.buttons


async def test_a_language_of_which_somebody_complains_is_not_taken(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.send("no french please")
        assert zoe.text == "Which language would you like to read?"


@pytest.mark.parametrize(
    ("locale", "words"),
    [("fr", "je veux me désinscrire"), ("en", "unsubscribe me"), ("de", "ich möchte mich abmelden")],
)
async def test_nobody_leaves_by_words_alone(sqlite_url: str, locale: str, words: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1", locale=locale)
        await zoe.send(words)
        assert len(zoe.buttons) == 2, "it asks for confirmation"
        assert "2027" not in zoe.text


async def test_my_accounts_have_a_command(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        zoe = await world.join("Zoé", "1")
        await zoe.command("comptes")
        assert "These are your accounts:" in zoe.text
