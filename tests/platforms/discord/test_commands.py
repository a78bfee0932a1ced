"""The slash commands as Discord gets them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.config.settings import GatheringSettings
from tests.drivers.discord import DiscordHarness


def told(harness: DiscordHarness) -> list[list[dict[str, Any]]]:
    """What Discord was told, each time."""
    return [request.json or [] for request in harness.env.http_requests if request.path.endswith("/commands")]


def command(harness: DiscordHarness, name: str) -> dict[str, Any]:
    [found] = [command for command in told(harness)[-1] if command["name"] == name]
    return found


async def test_names_are_french_and_localised(harness: DiscordHarness) -> None:
    assert command(harness, "aide")["name_localizations"] == {
        "fr": "aide",
        "en-US": "help",
        "en-GB": "help",
        "de": "hilfe",
    }


async def test_descriptions_are_localised_from_the_catalogues(harness: DiscordHarness) -> None:
    described = command(harness, "theme")["description_localizations"]
    assert set(described) == {"fr", "en-US", "en-GB", "de"}
    assert described["en-GB"] == "Choose or change your theme"
    assert command(harness, "theme")["description"] == described["fr"]


async def test_discord_takes_every_name_and_description(harness: DiscordHarness) -> None:
    commands = told(harness)[-1]
    names = [name for each in commands for name in (each["name"], *each["name_localizations"].values())]
    texts = [text for each in commands for text in (each["description"], *each["description_localizations"].values())]
    assert len(commands) <= 100
    assert min(len(names), len(texts)) > 100
    assert [name for name in names if not re.fullmatch(r"[-_\w]{1,32}", name) or name != name.lower()] == []
    assert [text for text in texts if not 1 <= len(text) <= 100] == []


async def test_every_command_works_in_servers_and_in_private(harness: DiscordHarness) -> None:
    assert {(*command["contexts"], *command["integration_types"]) for command in told(harness)[-1]} == {(0, 1, 0)}


def registered(harness: DiscordHarness, name: str) -> dict[str, Any]:
    """What people see."""
    return dict(harness.env.backend.find_command(name, None) or {})


@pytest.mark.parametrize("name", ["moi", "aide", "code", "theme", "annuler", "inscription"])
async def test_what_handlers_declare_is_there(harness: DiscordHarness, name: str) -> None:
    assert command(harness, name)


async def test_discord_is_told_once_and_again_when_they_change(harness: DiscordHarness) -> None:
    assert len(told(harness)) == 1
    await harness.restart()
    assert len(told(harness)) == 1
    gathering = GatheringSettings(locales=("fr",))
    harness.world.settings = harness.world.settings.model_copy(update={"gathering": gathering})
    await harness.restart()
    assert len(told(harness)) == 2
    assert command(harness, "aide")["name_localizations"] == {"fr": "aide"}


async def test_a_refusal_is_tried_again_at_the_next_start(harness: DiscordHarness) -> None:
    gathering = GatheringSettings(locales=("fr", "en"))
    harness.world.settings = harness.world.settings.model_copy(update={"gathering": gathering})
    harness.env.inject_error("PUT", "/applications/*", status=403)
    await harness.restart()
    assert "de" in registered(harness, "aide")["name_localizations"]
    await harness.restart()
    assert "de" not in registered(harness, "aide")["name_localizations"]
