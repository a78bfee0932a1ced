"""Checks the platforms for `rencontres check`, loading a platform's library only if the platform is turned on."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.config.findings import Finding
from bot.config.settings import Settings
from bot.platforms.opening import configured


async def check_platforms(settings: Settings) -> AsyncIterator[Finding]:
    """Yield the findings of `rencontres check` for each platform: whether it is off, or works as configured."""
    on = configured(settings)
    for name, missing in (("telegram", "token"), ("discord", "token"), ("web", "public_url"), ("email", "server")):
        if name not in on:
            yield Finding("off", name, f"no {missing}")
    if not on:
        remedy = "set a token for Telegram or Discord, or a public_url for the web page; or try: rencontres demo"
        yield Finding("failed", "platforms", "none is turned on", remedy)
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
    if "email" in on:
        from bot.platforms.email.checking import check_email

        async for finding in check_email(settings.email):
            yield finding


def answering(settings: Settings) -> str:
    """Return the address of a configured chat platform whose server can be asked for the time, to check our clock.

    Returns '' if no chat platform is configured.
    """
    on = configured(settings)
    if "telegram" in on:
        return settings.telegram.api_base
    if "discord" in on:
        from bot.platforms.discord.checking import ADDRESS

        return ADDRESS
    return ""
