"""Discord hears in time though the database is locked: over real HTTP, in real time."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.backoff import Backoff
from bot.platforms.discord import interactions
from bot.platforms.discord.adapter import Discord
from tests.platforms.discord.local import LocalDiscord, local_discord, press, written
from tests.world import START, World, open_world

MESSAGE, LATER_IN_PLACE, IN_PLACE, FORM = 4, 6, 7, 9


@contextmanager
def locked(tmp_path: Path) -> Iterator[None]:
    """Somebody else writes to the database, for as long as this lasts."""
    with closing(sqlite3.connect(tmp_path / "rencontres.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with open_world(sqlite_url) as world:
        yield world


@pytest.fixture
async def local(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalDiscord]:
    async with local_discord(monkeypatch) as local:
        yield local


@pytest.fixture
async def adapter(world: World, local: LocalDiscord) -> AsyncIterator[Discord]:
    """The adapter, logged in. What the gateway would bring is handed to the library as the gateway does."""
    adapter = Discord(world.settings, world.dispatcher, world.store, world.clock)
    async with adapter.client:
        await adapter.client.login("token")
        yield adapter


def bring(adapter: Discord, *custom_ids: str) -> None:
    for user_id, custom_id in enumerate(custom_ids, start=100):
        adapter.client._connection.parse_interaction_create(press(custom_id, user_id))


async def test_a_press_is_answered_at_once(adapter: Discord, local: LocalDiscord) -> None:
    bring(adapter, "go-moi")
    await local.until(lambda: bool(local.callbacks()))
    assert local.callbacks() == [IN_PLACE]
    assert local.texts() == ["Welcome to **Rencontres**.\nOpen the link of your invitation, or enter its code."]


async def test_four_quick_presses_are_answered_once_each(adapter: Discord, local: LocalDiscord) -> None:
    for custom_id in ["go-moi"] * 4:
        adapter.client._connection.parse_interaction_create(press(custom_id))
    await local.until(lambda: len(local.callbacks()) == 4)
    await adapter.interactions.finish()
    answered = [call.path for call in local.calls if call.path.endswith("/callback")]
    assert len(set(answered)) == 4


@pytest.mark.parametrize(("custom_id", "kind"), [("go-moi", IN_PLACE), ("je", FORM)])
async def test_a_press_that_the_gateway_brings_again_gets_no_second_answer(
    adapter: Discord, local: LocalDiscord, custom_id: str, kind: int
) -> None:
    brought = press(custom_id)
    for _ in range(2):
        adapter.client._connection.parse_interaction_create(brought)
    bring(adapter, "go-aide")  # taken after these two: once it is answered, they are as well
    await local.until(lambda: len(local.callbacks()) >= 2)
    await adapter.interactions.finish()
    assert sorted(local.callbacks()) == sorted([kind, IN_PLACE])


async def test_a_crowd_is_told_to_wait_while_the_database_is_locked(
    adapter: Discord, local: LocalDiscord, tmp_path: Path
) -> None:
    with locked(tmp_path):
        bring(adapter, *["go-moi"] * 30)
        await local.until(lambda: len(local.callbacks()) == 30)
        assert local.callbacks() == [LATER_IN_PLACE] * 30
        assert local.texts() == []
    await local.until(lambda: len(local.texts()) == 30)
    assert all(text.startswith("Welcome to") for text in local.texts())


async def test_a_form_opens_at_once_while_the_database_is_locked(
    adapter: Discord, local: LocalDiscord, tmp_path: Path
) -> None:
    with locked(tmp_path):
        bring(adapter, "je")
        await local.until(lambda: bool(local.callbacks()))
    assert local.callbacks() == [FORM]
    assert local.calls[-1].body["data"]["custom_id"] == "je"


async def test_what_was_not_saved_is_said_not_to_be(adapter: Discord, local: LocalDiscord, tmp_path: Path) -> None:
    with locked(tmp_path):
        bring(adapter, "go-moi")
        await local.until(lambda: bool(local.texts()))
    assert local.texts() == ["Not saved: our store does not answer. Try again in a minute."]


async def test_the_end_of_the_program_waits_for_answers_under_way(
    adapter: Discord, local: LocalDiscord, tmp_path: Path
) -> None:
    with locked(tmp_path):
        bring(adapter, "go-moi")
        await local.until(lambda: bool(local.callbacks()))
        ending = asyncio.create_task(adapter.interactions.finish())
    await ending
    assert len(local.texts()) == 1


@pytest.mark.parametrize("after", [False, True])
async def test_a_connection_that_breaks_costs_nobody_an_answer(
    adapter: Discord, local: LocalDiscord, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    monkeypatch.setattr(interactions, "_BACKOFF", Backoff(first=0.0, longest=0.0))
    local.cut["/channels/100/messages"] = after
    help_: Any = written("100", "help", START)
    local.histories["100"] = [help_]
    adapter.client._connection.parse_message_create(help_)
    await local.until(lambda: len(local.texts()) == 1 + after)
    await adapter.interactions.finish()
    assert len(local.nonces) == 1, "Discord shows one message"
    assert {text.partition("\n")[0] for text in local.texts()} == {"En danger, appelle le **112**."}
