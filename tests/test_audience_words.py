"""Whom something is for, as people read it."""

from __future__ import annotations

import pytest

from bot.content.texts import Reader, plain
from bot.database.engine import Transaction
from bot.people.audience_words import describe
from bot.people.audiences import parse
from handlers.groups import store as groups
from tests.world import open_world

READER = Reader("en", "Europe/Paris")


async def test_each_audience_has_its_words(sqlite_url: str) -> None:
    async with open_world(sqlite_url) as world:
        await world.invite("Zoe", "Dupont")
        await world.store.transact(lambda tx: groups.add(tx, 1, "culture", 3))

        async def said(tx: Transaction, word: str) -> str:
            return plain(await describe(tx, parse(word)), READER)

        for word, expected in {
            "all": "everyone",
            "theme:culture": "Culture",
            "group:1": "Culture · group 3",
            "territory:CA-QC": "Quebec",
            "platform:web": "Personal page",
            "present:2027-06-10": "present on Thursday 10 June 2027",
            "unchosen": "without a theme",
            "organisers": "the team",
            "me:1": "Zoe D.",
        }.items():
            assert await world.store.read(lambda tx, word=word: said(tx, word)) == expected  # type: ignore[misc]


@pytest.mark.parametrize("word", ["theme:dance", "group:9", "me:9"])
async def test_what_is_gone_is_told_by_its_word(sqlite_url: str, word: str) -> None:
    async with open_world(sqlite_url) as world:
        assert plain(await world.store.read(lambda tx: describe(tx, parse(word))), READER) == word
