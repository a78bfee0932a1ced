"""On Discord what is for all, or for a theme with a role, is said once in its channel, with the role called."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.announcements.copies import copies, leave, write
from tests.engines import on_one_engine
from tests.world import World, make_settings, open_world

DISCORD = {
    "token": "x",
    "guild_id": 7,
    "announcements_channel_id": 70,
    "participant_role_id": 8,
    "theme_roles": {"culture": 9},
}


@pytest.fixture
async def world(store_url: str) -> AsyncIterator[World]:
    settings = make_settings(organisers={"telegram": [900], "discord": [900]}, discord=DISCORD)
    async with open_world(store_url, settings) as world:
        yield world


@on_one_engine
async def test_everyone_on_discord_reads_one_message_in_the_channel(world: World) -> None:
    ines = await world.organiser()
    await world.join("Zoé", "1")
    await world.join("Ali", "2", platform="discord")
    await world.join("Eva", "3", platform="discord")
    await write(ines, "Lunch")
    assert "3 people: 2 on Discord and 1 on Telegram." in ines.text
    await ines.press("Send now")
    recipients = [copy.recipient for copy in await leave(world)]
    assert sorted((to.chat, to.mentions) for to in recipients) == [("70", "&8"), ("chat-1", "")]


async def test_a_theme_calls_its_role(world: World) -> None:
    ines = await world.organiser()
    ali = await world.join("Ali", "2", platform="discord", modal=True)
    await ali.command("theme")
    await ali.pick("Culture")
    await ali.press("Confirm")
    await write(ines, "Lunch", "Culture")
    await ines.press("Send now")
    [copy] = await leave(world)
    assert (copy.recipient.chat, copy.recipient.mentions) == ("70", "&9")


async def test_any_other_audience_is_written_to_in_private_or_not_at_all(world: World) -> None:
    ines = await world.organiser()
    ali = await world.join("Ali", "2", platform="discord")
    await world.join("Eva", "3", platform="discord")
    await ali.command("moi")
    await ali.press("Tell me in private")
    await write(ines, "Choose a theme", "without a theme")
    assert "1 person: 1 on Discord; 1 unreachable." in ines.text
    assert "Eva (wants no private messages)" in ines.text
    await ines.press("Send now")
    assert sorted((copy.name, copy.state) for copy in await copies(world)) == [
        ("Ali", "waiting"),
        ("Eva", "unreachable"),
    ]
