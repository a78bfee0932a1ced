"""The card in the welcome channel: one, always there, always right."""

from __future__ import annotations

import pytest

from bot.config.settings import GatheringSettings
from tests.drivers.discord import DiscordHarness


async def with_card(harness: DiscordHarness) -> int:
    await harness.restart(guild_id=harness.server.id, welcome_channel_id=harness.welcome.id)
    native_id: int = harness.card.id
    return native_id


def buttons(harness: DiscordHarness) -> list[str]:
    return [button["custom_id"] for row in harness.card.components for button in row["components"]]


async def test_the_card_is_posted_once_and_found_again(harness: DiscordHarness) -> None:
    card = await with_card(harness)
    requests = len(harness.env.http_requests)
    await harness.restart()
    assert harness.card.id == card
    assert "PATCH" not in {request.method for request in harness.env.http_requests[requests:]}


async def test_it_speaks_the_gathering_s_languages_and_asks_for_the_code(harness: DiscordHarness) -> None:
    await with_card(harness)
    french, english, german = harness.card.content.split("\n\n")
    assert french.startswith("**Rencontres**\N{NO-BREAK SPACE}: bienvenue")
    assert english.startswith("Welcome to **Rencontres**.")
    assert german.startswith("Willkommen bei **Rencontres**.")
    [button] = harness.card.components[0]["components"]
    assert (button["custom_id"], button["label"]) == ("go-code", "S’inscrire · Register · Anmelden")


async def test_it_is_edited_when_its_words_change(harness: DiscordHarness) -> None:
    card = await with_card(harness)
    gathering = GatheringSettings(name="Deuxièmes Rencontres", registration="open")
    harness.world.settings = harness.world.settings.model_copy(update={"gathering": gathering})
    await harness.restart()
    assert harness.card.id == card
    assert "Deuxièmes Rencontres" in harness.card.content
    assert buttons(harness) == ["go-inscription", "go-code"]


async def test_it_is_posted_anew_when_someone_deleted_it(harness: DiscordHarness) -> None:
    card = await with_card(harness)
    harness.env.backend.delete_message(harness.welcome.id, card)
    await harness.restart()
    assert harness.card.id != card


async def test_it_follows_the_welcome_channel(harness: DiscordHarness) -> None:
    before = await with_card(harness)
    harness.welcome = harness.server.create_text_channel("accueil")
    assert await with_card(harness) != before
    assert harness.card.content.startswith("**Rencontres**")


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_a_channel_that_refuses_it_stops_nothing_else(harness: DiscordHarness, status: int) -> None:
    harness.env.inject_error("POST", "/channels/*/messages", status=status)
    await harness.restart(guild_id=harness.server.id, welcome_channel_id=harness.welcome.id)
    zoe = harness.member()
    await zoe.command("aide")
    assert "Welcome to" in zoe.text
    assert await with_card(harness)
