"""The example's session is born unconfirmed: organisers see it, and nobody else until they confirm or change it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.config.example import example_values
from bot.config.settings import Settings
from handlers.programme.calendar import calendar_entry
from handlers.programme.checking import check
from handlers.programme.seeding import SEED
from handlers.programme.store import all_sessions, still_to_come
from tests.outbox import pushed
from tests.programme.builders import LUNCH, with_programme
from tests.world import World, open_world

[EXAMPLE] = example_values()["sessions"]
NOT_YET = "Only an example, shown to nobody until you confirm or change it."
SESSION = "ys-1"
WEEK = timedelta(weeks=1)


def settings_with(**changes: Any) -> Settings:
    """The example's session with some changes, and a lunch that the team wrote."""
    return with_programme({**EXAMPLE, **changes}, LUNCH)


async def titles(world: World) -> list[str]:
    return [session.plan.key for session in await world.read(still_to_come, world.clock.now())]


async def test_it_is_for_organisers_alone_until_these_confirm_it(store_url: str) -> None:
    async with open_world(store_url, settings_with()) as world:
        zoe, ines = await world.join("Zoé", "1"), await world.organiser()
        await zoe.command("programme")
        assert "Lunch" in zoe.text
        assert "Welcome and opening" not in zoe.text
        assert await world.read(calendar_entry, 1, ["fr"], world.clock.now()) is None
        await ines.command("organise")
        assert "Welcome and opening" not in ines.text
        await ines.press("Programme")
        assert ines.options[0] == "09:00 Welcome and opening: to be confirmed"
        await ines.pick(ines.options[0])
        assert NOT_YET in ines.text
        assert ines.buttons[0] == "That is right"
        await ines.press("That is right")
        assert ines.text == "Welcome and opening, Thursday 10 June, 09:00: in the programme from now on"
        await zoe.command("programme")
        assert "Welcome and opening" in zoe.text
        assert await world.read(calendar_entry, 1, ["fr"], world.clock.now()) is not None
        await ines.press("Undo this change")
        await zoe.command("programme")
        assert "Welcome and opening" not in zoe.text
        assert await pushed(world, zoe) == [], "nobody is told of what is not yet, or no longer, in the programme"


async def test_whoever_changes_it_has_read_it(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings_with()) as world:
        ines = await world.organiser()
        await ines.follow(SESSION)
        await ines.press("Move")
        await ines.fill("10:00", "")
        await ines.press("Move")
        assert await titles(world) == ["opening", "lunch-1"]


async def test_who_cancels_it_shows_it_to_nobody(sqlite_url: str) -> None:
    async with open_world(sqlite_url, settings_with()) as world:
        zoe, ines = await world.join("Zoé", "1"), await world.organiser()
        await ines.follow(SESSION)
        await ines.press("Cancel the session")
        await ines.press("Cancel the session")
        await ines.follow(SESSION)
        assert NOT_YET not in ines.text
        await zoe.command("programme")
        assert "Lunch" in zoe.text
        assert "opening" not in zoe.text
        assert [finding.detail for finding in await world.read(check, world.settings)] == []


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, False),
        ({"starts": EXAMPLE["starts"] + WEEK, "ends": EXAMPLE["ends"] + WEEK}, False),
        ({"title": {**EXAMPLE["title"], "fr": "Ouverture du forum"}}, False),
        ({"title": {"fr": "Ouverture du forum"}}, True),
        ({"ends": EXAMPLE["ends"] + timedelta(minutes=30)}, True),
        ({"place": {"fr": "Salle A"}}, True),
        ({"audience": "theme:culture"}, True),
    ],
)
async def test_what_the_file_says_otherwise_was_written(sqlite_url: str, changes: dict[str, Any], shown: bool) -> None:
    settings = settings_with(**changes)
    named = [] if shown else ["opening"]
    before = await check(None, settings)
    async with open_world(sqlite_url, settings) as world:
        assert ("opening" in await titles(world)) == shown
        for found in (before, await world.read(check, settings)):
            assert [finding.detail.rpartition(": ")[2] for finding in found] == named
        assert await world.read(SEED.differences, settings, world.clock.now()) == []
        ines = await world.organiser()
        if not shown:
            await ines.follow(SESSION)
            await ines.press("That is right")
        assert await world.read(SEED.differences, settings, world.clock.now()) == []
        await world.change(SEED.apply, settings, world.clock.now())
        assert not any(session.plan.unconfirmed for session in await world.read(all_sessions))
