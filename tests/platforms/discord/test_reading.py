"""From what Discord delivers to what people do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from bot.content.forms import MAX_BYTES, Upload
from bot.content.i18n import LOCALES
from bot.conversation.incoming import Picked, Sent
from bot.platforms.discord.reading import read_message, read_press
from handlers.themes.settings import ThemeSettings
from tests.drivers.discord import DiscordHarness, open_harness
from tests.platforms.discord.local import press, written
from tests.world import make_settings, open_world


@pytest.fixture
async def crowded(sqlite_url: str) -> AsyncIterator[DiscordHarness]:
    """A gathering with more themes than a menu holds."""
    titles = [f"T{number}" for number in range(30)]
    themes = [ThemeSettings(key=title.lower(), title=dict.fromkeys(LOCALES, title)) for title in titles]
    settings = make_settings().model_copy(update={"themes": tuple(themes)})
    async with open_world(sqlite_url, settings) as world, open_harness(world) as harness:
        yield harness


def menu(custom_id: str, *options: str, chosen: tuple[str, ...] = ()) -> dict[str, Any]:
    listed = [{"label": value, "value": value, "default": value in chosen} for value in options]
    return {"type": 1, "components": [{"type": 3, "custom_id": custom_id, "options": listed}]}


async def picked(custom_id: str, *values: str, menus: list[dict[str, Any]]) -> object:
    payload = press(custom_id)
    payload["data"] = {"custom_id": custom_id, "component_type": 3, "values": list(values)}
    payload["message"]["components"] = menus
    async with discord.Client(intents=discord.Intents.none()) as client:
        return read_press(discord.Interaction(data=payload, state=client._connection))


async def test_several_may_be_chosen_across_menus() -> None:
    menus = [menu("ch-1+0", "a", "b", chosen=("a",)), menu("ch-1+1", "y", "z", chosen=("y",)), menu("other", "o")]
    assert await picked("ch-1+1", "z", menus=menus) == Picked("ch-1", ("a", "z"))
    assert await picked("ch-1+0", menus=menus) == Picked("ch-1", ("y",))


async def test_where_one_is_chosen_the_last_menu_decides() -> None:
    menus = [menu("ch-1.0", "a", "b", chosen=("a",)), menu("ch-1.1", "y", "z")]
    assert await picked("ch-1.1", "z", menus=menus) == Picked("ch-1", ("z",))


async def test_an_option_past_the_first_menu_can_be_chosen(crowded: DiscordHarness) -> None:
    zoe = crowded.person()
    await zoe.follow("j-" + await crowded.world.invite("Zoé"))
    assert len(zoe.options) == 30
    await zoe.pick("T27")
    assert zoe.text.startswith("T27")


async def test_a_voice_message_is_no_file_so_that_its_answer_says_whom_to_call(harness: DiscordHarness) -> None:
    sound = {"id": "1", "filename": "voice-message.ogg", "size": 9, "url": "https://cdn.example/1", "proxy_url": ""}
    data: Any = {**written("5", "", harness.world.clock.now()), "flags": 1 << 13, "attachments": [sound]}

    async def takes_files() -> bool:
        raise AssertionError("it is not fetched")

    async with discord.Client(intents=discord.Intents.none()) as client:
        where: Any = client.get_partial_messageable(3)
        message = discord.Message(state=client._connection, channel=where, data=data)
        assert await read_message(message, takes_files) == Sent(message=data["id"])


async def test_a_file_comes_with_a_form(harness: DiscordHarness) -> None:
    ines = harness.person("Inès", native_id=900)
    await ines.command("organiser")
    await ines.press("Import")
    await ines.fill(Upload("list.csv", b"ref,given_name,family_name,country\nX1,Ida,Roy,FR\n"))
    assert "I am reading “list.csv”." in ines.text


async def test_a_file_that_cannot_be_fetched_is_asked_for_again(
    harness: DiscordHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    ines = harness.person("Inès", native_id=900)
    await ines.command("organiser")
    await ines.press("Import")
    monkeypatch.setattr(harness.env.backend.cdn, "get", lambda _url: None)
    await ines.fill(Upload("list.csv", b"ref\n"))
    assert "did not arrive. Send it again" in ines.text


async def test_a_file_too_large_to_fetch_is_refused_as_such(harness: DiscordHarness) -> None:
    ines = harness.person("Inès", native_id=900)
    await ines.command("organiser")
    await ines.press("Import")
    await ines.fill(Upload("list.csv", b"x" * (MAX_BYTES + 1)))
    assert "This file is too large: 5 MB at most." in ines.text
