"""Returns the names of platforms and accounts for readers."""

from __future__ import annotations

from bot.content.features import features_of
from bot.content.texts import Name, Span, Text, _, _n
from bot.people.participants import Account


def platform_name(platform: str) -> Span:
    """Return a platform's name as people know it."""
    return features_of(platform).title


def on_platform(platform: str, count: int) -> Text:
    """Return how many participants use a platform, in words: «3 on Telegram», «73 on their page»."""
    if in_words := features_of(platform).count:
        return in_words(count)
    return _n("{count} on {platform}", "{count} on {platform}", count, platform=platform_name(platform))


def account_label(account: Account) -> Span:
    """Return an account's platform, and the name that its owner has there, if any: «Discord · zoe»."""
    platform = platform_name(account.platform)
    return _("{platform} · {name}", platform=platform, name=Name(account.name)) if account.name else platform
