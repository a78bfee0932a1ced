"""Telegram from end to end: python-telegram-bot over HTTP to a local Bot API server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.rehearsal.botapi import BotApi
from tests.drivers.telegram import TelegramTown, open_town
from tests.world import open_world


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TelegramTown]:
    async with (
        open_world(f"sqlite:///{tmp_path}/r.db") as world,
        BotApi() as api,
        open_town(world, api) as town,
    ):
        yield town


async def test_three_taps_in_one_message_from_the_link_to_a_theme(town: TelegramTown) -> None:
    zoe = town.person("Zoé")
    await zoe.follow("j-" + await town.world.invite("Zoé", "Dupont"))
    assert "welcome to Rencontres" in zoe.text
    await zoe.pick("Culture")
    assert zoe.buttons == ("Confirm this theme", "See the other themes")
    await zoe.press("Confirm")
    assert zoe.text.startswith("Your theme is Culture.")
    assert zoe.toast == "Your place is kept."
    assert len({shown.message.data["message_id"] for shown in zoe.user.shown}) == 1
