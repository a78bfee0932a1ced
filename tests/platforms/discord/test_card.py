"""The card in the welcome channel: one, always there, always right."""

from __future__ import annotations

import pytest

from bot.config.settings import GatheringSettings
from tests.drivers.discord import DiscordTown


async def with_card(town: DiscordTown) -> int:
    await town.restart(guild_id=town.server.id, welcome_channel_id=town.welcome.id)
    native_id: int = town.card.id
    return native_id


def buttons(town: DiscordTown) -> list[str]:
    return [button["custom_id"] for button in town.card.components[0]["components"]]


async def test_the_card_is_posted_once_and_found_again(town: DiscordTown) -> None:
    card = await with_card(town)
    requests = len(town.env.http_requests)
    await town.restart()
    assert town.card.id == card
    assert "PATCH" not in {request.method for request in town.env.http_requests[requests:]}


async def test_it_speaks_the_gathering_s_languages_and_asks_for_the_code(town: DiscordTown) -> None:
    await with_card(town)
    french, english, german = town.card.content.split("\n\n")
    assert french.startswith("**Rencontres**\N{NO-BREAK SPACE}: bienvenue")
    assert english.startswith("Welcome to **Rencontres**.")
    assert german.startswith("Willkommen bei **Rencontres**.")
    [button] = town.card.components[0]["components"]
    assert (button["custom_id"], button["label"]) == ("go-code", "S’inscrire · Register · Anmelden")


async def test_it_is_edited_when_its_words_change(town: DiscordTown) -> None:
    card = await with_card(town)
    gathering = GatheringSettings(name="Deuxièmes Rencontres", registration="open")
    town.world.settings = town.world.settings.model_copy(update={"gathering": gathering})
    await town.restart()
    assert town.card.id == card
    assert "Deuxièmes Rencontres" in town.card.content
    assert buttons(town) == ["go-inscription", "go-code"]


async def test_it_is_posted_anew_when_someone_deleted_it(town: DiscordTown) -> None:
    card = await with_card(town)
    town.env.backend.delete_message(town.welcome.id, card)
    await town.restart()
    assert town.card.id != card


async def test_it_follows_the_welcome_channel(town: DiscordTown) -> None:
    before = await with_card(town)
    town.welcome = town.server.create_text_channel("accueil")
    assert await with_card(town) != before
    assert town.card.content.startswith("**Rencontres**")


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_a_channel_that_refuses_it_stops_nothing_else(town: DiscordTown, status: int) -> None:
    town.env.inject_error("POST", "/channels/*/messages", status=status)
    await town.restart(guild_id=town.server.id, welcome_channel_id=town.welcome.id)
    zoe = town.member()
    await zoe.command("aide")
    assert "Welcome to" in zoe.text
    assert await with_card(town)
