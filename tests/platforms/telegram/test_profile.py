"""What Telegram shows of the bot, in each language."""

from __future__ import annotations

from bot.rehearsal.botapi import BotApi
from tests.drivers.telegram import open_town
from tests.world import make_settings, open_world


async def test_whose_language_is_not_offered_reads_the_gathering_s_first(sqlite_url: str, api: BotApi) -> None:
    settings = make_settings(gathering={"locales": ["en", "fr", "de"]})
    async with open_world(sqlite_url, settings) as world, open_town(world, api) as town:
        menus = {}
        for language in ("it", "en", "fr", "de"):
            person = town.person(language_code=language)
            await person.command("start")
            menus[language] = {name for name, _description in person.user.menu}
    assert menus["it"] == menus["en"]
    assert "link" in menus["en"]
    assert "lier" in menus["fr"]
    assert "verbinden" in menus["de"]
    assert not {"facilitate", "panel"} & menus["en"], "what the team alone may do"
