"""Whoever registers themselves under a speaker's name, and erases themselves, takes nothing out of the programme."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.database.engine import Transaction
from handlers.programme import store
from tests.programme.builders import with_programme
from tests.world import open_world

OPEN = {"gathering": {"registration": "open"}}


@pytest.mark.parametrize("speaker", ["Marie Curie", "Marie Curie et Pierre Martin", "Dr Marie Curie, physicienne"])
async def test_a_stranger_with_a_speakers_name_empties_no_speaker(sqlite_url: str, speaker: str) -> None:
    async def speaks(tx: Transaction) -> None:
        [session, *_others] = await store.all_sessions(tx)
        await store.rewrite_session(tx, session, replace(session.plan, speaker=speaker))

    async with open_world(sqlite_url, with_programme(**OPEN)) as world:
        await world.store.transact(speaks)
        mal = world.chat("666", name="Mal")
        await mal.command("register")
        await mal.fill("Marie Curie", "Québec", "1999", "", "English")
        await mal.command("effacer")
        await mal.press("Erase my texts too")
        await mal.press("Yes, erase me")
        assert "erased" in mal.text
        assert speaker in {session.plan.speaker for session in await world.read(store.all_sessions)}
