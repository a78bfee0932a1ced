"""The base class of all sections of the configuration, and checks that several sections share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, field_validator


class Section(BaseModel):
    """One table of config.toml. An unknown key is an error. A list may be a text «a,b», as in the environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _split_lists(cls, value: object, info: ValidationInfo) -> object:
        is_list = get_origin(cls.model_fields[str(info.field_name)].annotation) is tuple
        return split(value) if is_list else value


def split(value: object) -> object:
    """Return a text from the environment, written «a,b», as a list; any other value is returned unchanged."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError):
        raise ValueError(f"there is no time zone {name!r}: write it like «Europe/Paris»") from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]
"""The type of a setting that must be the name of an existing time zone."""


def check_keys(kind: str, keys: Sequence[str]) -> None:
    """Raise ValueError if two things of a kind have the same key; `kind` is a plural like «sessions»."""
    if repeated := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"two {kind} have the key {', '.join(sorted(repeated))}")


def check_words(whose: str, what: str, words: Mapping[str, str], locales: Iterable[str]) -> None:
    """Raise ValueError if `words`, texts by locale, lack one of these locales.

    `whose` and `what` name the texts in the error, like «the session opening» and «title».
    """
    if missing := set(locales) - set(words):
        raise ValueError(f"{whose} has no {what} in {', '.join(sorted(missing))}")
