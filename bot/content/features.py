"""Tells what each platform can do and what it forbids, from the records in bot/content/platforms.

Only code in bot/platforms compares names of platforms; all other code asks what they can do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.content.platforms import discord, email, telegram, web
from bot.content.platforms.record import PlatformFeatures

_PLATFORMS = {
    features.name: features for features in (discord.FEATURES, email.FEATURES, telegram.FEATURES, web.FEATURES)
}


def platforms() -> Mapping[str, PlatformFeatures]:
    """Return what every platform of this program can do, by the platform's name, in the order of the names."""
    return _PLATFORMS


def features_of(platform: str) -> PlatformFeatures:
    """Return what a platform can do; for a platform that the program no longer has, a record with its name only."""
    return platforms().get(platform) or PlatformFeatures(name=platform, title=platform)


def fits_everywhere(limit: Callable[[PlatformFeatures], int | None]) -> int:
    """Return the lowest value of a limit on any platform: what stays within it is accepted by every platform.

    `limit` returns the limit of one platform, None for no limit. Raises ValueError if no platform has a limit.
    """
    limits = [limit(features) for features in platforms().values()]
    return min(most for most in limits if most is not None)


def in_sql(question: Callable[[PlatformFeatures], bool]) -> str:
    """Return the names of the platforms for which `question` returns True, as an SQL list: `('discord', 'web')`."""
    names = [name for name, features in platforms().items() if question(features)]
    return "('{}')".format("', '".join(names))
