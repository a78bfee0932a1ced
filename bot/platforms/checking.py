"""What `rencontres check` asks of the platforms, each library loaded only where its platform is on."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.config.findings import Finding
from bot.config.settings import Settings
from bot.platforms.opening import configured


async def check_platforms(settings: Settings) -> AsyncIterator[Finding]:
    """How each platform is: what is off, and whether what is on works."""
    on = configured(settings)
    for name, missing in (("telegram", "token"), ("discord", "token"), ("web", "public_url")):
        if name not in on:
            yield Finding("off", name, f"no {missing}")
    if not on:
        remedy = "give Telegram or Discord a token, or the page a public_url; or see: rencontres demo"
        yield Finding("failed", "platforms", "none is on", remedy)
    if "telegram" in on:
        from bot.platforms.telegram.checking import check_telegram

        for finding in await check_telegram(settings.telegram):
            yield finding
    if "discord" in on:
        from bot.platforms.discord.checking import check_discord

        for finding in await check_discord(settings.discord):
            yield finding
    if "web" in on:
        from bot.platforms.web.checking import check_web

        yield await check_web(settings)


def answering(settings: Settings) -> str:
    """The address of a chat platform that is on, whose clock is right; '' for none."""
    on = configured(settings)
    if "telegram" in on:
        return settings.telegram.api_base
    if "discord" in on:
        from bot.platforms.discord.checking import ADDRESS

        return ADDRESS
    return ""
