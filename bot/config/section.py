"""The base class of all sections of the configuration, and checks that several sections share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Annotated, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, field_validator

ENVIRONMENT_PREFIX = "RENCONTRES_"
"""The beginning of the names of variables that hold settings."""
Place = tuple[int | str, ...]
"""The path to a value in the configuration, from a section's name or, within a section, from a key."""


class Unfit(ValueError):
    """The error that settings do not fit together; its text says what is wrong.

    `fixes` are places in the configuration, each with a value to write there. If there are none, `remedy` says what to
    do.
    """

    def __init__(self, what: str, *fixes: tuple[Place, object], remedy: str = "") -> None:
        super().__init__(what)
        self.fixes = fixes
        self.remedy = remedy


class Section(BaseModel):
    """One table of config.toml, with its settings as fields. An unknown key is an error.

    A list may also be written as a text «a,b», because environment variables have only texts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _split_lists(cls, value: object, info: ValidationInfo) -> object:
        kind = cls.model_fields[str(info.field_name)].annotation
        if isinstance(value, int | float) and {kind, *get_args(kind)} & {date, datetime, time}:
            raise ValueError(f"{value} is not a day or an hour")  # pydantic would count seconds from 1970
        return split(value) if get_origin(kind) is tuple else value


def split(value: object) -> object:
    """Return the list for a text such as «a,b» or «a;b», the form of a list in an environment variable.

    Any other value is returned unchanged.
    """
    if not isinstance(value, str):
        return value
    return [part.strip() for part in re.split("[,;]", value) if part.strip()]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError):
        raise ValueError(f"there is no time zone {name!r}: write it like «Europe/Paris»") from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]
"""The type of a setting that must be the name of an existing time zone."""


def check_keys(section: str, kind: str, keys: Sequence[str]) -> None:
    """Raise Unfit if two entries in a section of the configuration have the same key.

    `keys` are the keys of all entries; `kind` says what they are, like «sessions».
    """
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise Unfit(f"two {kind} have the key {key}", ((section, place, "key"), f"{key[:17]}_{place + 1}"))


def check_words(whose: str, place: Place, words: Mapping[str, str], locales: Iterable[str]) -> None:
    """Raise Unfit if a text in the configuration is missing in one of these languages.

    `words` has the text by locale, and `place` is where it stands. `whose` says in the error what the text belongs to,
    like «the session opening».
    """
    if missing := [locale for locale in locales if not words.get(locale, "").strip()]:
        known = next((text for text in words.values() if text.strip()), str(place[-1]))
        fix = {**words, **dict.fromkeys(missing, known)}
        raise Unfit(f"{whose} has no {place[-1]} in {', '.join(sorted(missing))}", (place, fix))
