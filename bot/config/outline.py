"""Reduces settings to what a helper elsewhere may see: numbers, days and choices, but no secret, name or address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any, Literal, get_origin

from pydantic import SecretStr

from bot.config.section import Section

_SHOWN = frozenset({"zone", "locales", "data_countries", "colour"})
"""The keys whose text is one of a few words, and says nothing about anybody."""
_ID = "_id"
"""The endings of keys whose number is the id of a chat or a role of the gathering."""


def outline(section: Section) -> Mapping[str, Any]:
    """Return the settings of a section and its subsections as JSON values, without secrets, names and addresses.

    Numbers, days and choices among a few words are shown. A text, a secret or an id is replaced with «set» or «empty»,
    a list with the number of its entries.
    """
    fields = type(section).model_fields
    return {
        key: _outlined(key, getattr(section, key), chosen=get_origin(field.annotation) is Literal)
        for key, field in fields.items()
    }


def _outlined(key: str, value: object, *, chosen: bool) -> Any:
    """Return what is shown of a value; `chosen` says that it is one of a few words."""
    match value:
        case Section():
            return outline(value)
        case SecretStr():
            return _whether_set(value.get_secret_value())
        case tuple() if key in _SHOWN:
            return [str(entry) for entry in value]
        case tuple() | Mapping():
            return len(value)
        case str():
            return value if chosen or key in _SHOWN else _whether_set(value)
        case int() if key.endswith(_ID):
            return "set"
        case None | bool() | int() | float():
            return value
        case date() | time() | timedelta():
            return str(value)
    return _whether_set(value)


def _whether_set(value: object) -> str:
    return "set" if value else "empty"
