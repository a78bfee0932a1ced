"""Finds the settings that are secrets, which no log and no finding may show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from bot.config.section import Section
from bot.config.settings import Settings


def secret_values(settings: Settings) -> Sequence[str]:
    """Return every `SecretStr` in any section, and the password of the store; '' for one that is not set."""
    return (*_secrets(settings), unquote(urlsplit(settings.storage.url).password or ""))


def _secrets(value: object) -> Iterator[str]:
    """The secrets in a value of the settings: in a section its keys', in a list its entries'."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, Section):
        for key in type(value).model_fields:
            yield from _secrets(getattr(value, key))
    elif isinstance(value, tuple):
        for entry in value:
            yield from _secrets(entry)
