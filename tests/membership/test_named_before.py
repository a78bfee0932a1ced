"""A gathering of the last version whose messages held names: upgraded, it reads the same, and erases rightly.

tests/before/named.sql was made by it: Zoé Dupont asked the team twice, of which one message waited; her group was
published, she gave an idea, an organiser looked at her card; others wrote her name in an idea and in a draft, and two
lists waited to be imported.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.content.texts import Reader, plain
from bot.membership.erasure import erase, finish_erasures
from bot.platforms.web import page_store
from tests.participants import number
from tests.stored_rows import stored_rows
from tests.world import DECLARED, World, open_world

NAMED = Path(__file__).parents[1] / "before" / "named.sql"
ENGLISH = Reader("en", "Europe/Paris")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    database = tmp_path / "named.db"
    with sqlite3.connect(database) as before:
        before.executescript(NAMED.read_text("utf-8"))
    before.close()
    async with open_world(f"sqlite:///{database}", migrate=True) as world:
        yield world


async def page_of(world: World, name: str) -> str:
    excerpt = await world.read(page_store.latest, await number(world, name))
    return "\n".join(plain(line, ENGLISH) for message in excerpt.messages for line in message.view.lines)


async def forget_zoe(world: World, *, finish: bool = True) -> None:
    zoe = await number(world, "Zoé")
    await world.change(erase, DECLARED, zoe, world.clock.now(), texts=True, files=world.files)
    if finish:
        await finish_erasures(world.store, DECLARED, world.settings.storage, world.files)


async def test_what_was_stored_with_names_reads_as_it_did(world: World) -> None:
    assert "Zoé Dupont" in (team := await page_of(world, "Inès"))
    assert "Is there a piano in the cellar?" in team
    assert "Zoé D." in await page_of(world, "Max")


@pytest.mark.parametrize("finish", [True, False], ids=["finished", "under way"])
async def test_the_full_name_and_whole_texts_are_not_read_any_more(world: World, *, finish: bool) -> None:
    await forget_zoe(world, finish=finish)
    team = await page_of(world, "Inès")
    assert "Zoé Dupont" not in team
    assert "Is there a piano in the cellar?" not in team
    assert "someone asks the team:" in team


async def test_what_waits_leaves_without_them(world: World) -> None:
    await forget_zoe(world)
    waiting = [row["content"] for row in (await stored_rows(world.store, "deliveries"))["deliveries"]]
    assert any("asks the team" in content for content in waiting)
    assert not any("Zoé Dupont" in content or "Who has the key" in content for content in waiting)


async def test_what_others_wrote_and_lists_without_them_stay(world: World) -> None:
    await forget_zoe(world)
    rows = await stored_rows(world.store, "ideas", "dialogues", "pending_imports")
    assert [row["text"] for row in rows["ideas"]] == ["Zoé Dupont said: a library of things"]
    assert "Where is Zoé Dupont?" in rows["dialogues"][0]["draft"]
    assert [row["id"] for row in rows["pending_imports"] if row["people"] != "[]"] == [2]
