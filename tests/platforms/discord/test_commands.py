"""The slash commands as Discord gets them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.config.settings import GatheringSettings
from tests.drivers.discord import DiscordTown


def told(town: DiscordTown) -> list[list[dict[str, Any]]]:
    """What Discord was told, each time."""
    return [request.json or [] for request in town.env.http_requests if request.path.endswith("/commands")]


def command(town: DiscordTown, name: str) -> dict[str, Any]:
    [found] = [command for command in told(town)[-1] if command["name"] == name]
    return found


async def test_names_are_french_and_localised(town: DiscordTown) -> None:
    assert command(town, "aide")["name_localizations"] == {
        "fr": "aide",
        "en-US": "help",
        "en-GB": "help",
        "de": "hilfe",
    }


async def test_descriptions_are_localised_from_the_catalogues(town: DiscordTown) -> None:
    described = command(town, "theme")["description_localizations"]
    assert set(described) == {"fr", "en-US", "en-GB", "de"}
    assert described["en-GB"] == "Choose or change your theme"
    assert command(town, "theme")["description"] == described["fr"]


async def test_every_command_works_in_servers_and_in_private(town: DiscordTown) -> None:
    assert {(*command["contexts"], *command["integration_types"]) for command in told(town)[-1]} == {(0, 1, 0)}


def registered(town: DiscordTown, name: str) -> dict[str, Any]:
    """What people see."""
    return dict(town.env.backend.find_command(name, None) or {})


@pytest.mark.parametrize("name", ["moi", "aide", "code", "theme", "annuler", "inscription"])
async def test_what_handlers_declare_is_there(town: DiscordTown, name: str) -> None:
    assert command(town, name)


async def test_discord_is_told_once_and_again_when_they_change(town: DiscordTown) -> None:
    assert len(told(town)) == 1
    await town.restart()
    assert len(told(town)) == 1
    gathering = GatheringSettings(locales=("fr",))
    town.world.settings = town.world.settings.model_copy(update={"gathering": gathering})
    await town.restart()
    assert len(told(town)) == 2
    assert command(town, "aide")["name_localizations"] == {"fr": "aide"}


async def test_a_refusal_is_tried_again_at_the_next_start(town: DiscordTown) -> None:
    gathering = GatheringSettings(locales=("fr", "en"))
    town.world.settings = town.world.settings.model_copy(update={"gathering": gathering})
    town.env.inject_error("PUT", "/applications/*", status=403)
    await town.restart()
    assert "de" in registered(town, "aide")["name_localizations"]
    await town.restart()
    assert "de" not in registered(town, "aide")["name_localizations"]
