"""Which settings are secrets: what no log and no finding may show."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from bot.config.settings import Settings


def secret_values(settings: Settings) -> Sequence[str]:
    """The tokens and passwords among these settings; '' for one that is not set."""
    return (
        settings.telegram.token.get_secret_value(),
        settings.telegram.webhook_secret.get_secret_value(),
        settings.discord.token.get_secret_value(),
        unquote(urlsplit(settings.storage.url).password or ""),
    )
