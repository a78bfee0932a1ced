"""Finds the settings that are secrets, which no log and no output of a check may show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr

from bot.config.section import Section
from bot.config.settings import Settings


def secret_values(settings: Settings) -> Sequence[str]:
    """Return all secrets in the settings, such as tokens and the database's password; '' for one that is not set."""
    database = urlsplit(settings.storage.url)
    return (*_secrets(settings), unquote(database.password or ""), *parse_qs(database.query).get("password", ()))


def _secrets(value: object) -> Iterator[str]:
    """Yield the secrets in a setting: those in the values of a section, or in the entries of a list."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, Section):
        for key in type(value).model_fields:
            yield from _secrets(getattr(value, key))
    elif isinstance(value, tuple):
        for entry in value:
            yield from _secrets(entry)
