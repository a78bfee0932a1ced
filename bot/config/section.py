"""What every section of the configuration is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict


class Section(BaseModel):
    """One table of config.toml. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def split(value: object) -> object:
    """Return the list that a value of the environment holds, written «a,b»; other values stay as they are."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError):
        raise ValueError(f"no time zone is called {name!r}: write it like «Europe/Paris»") from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]
"""The name of a time zone that there is."""


def check_keys(kind: str, keys: Sequence[str]) -> None:
    """Raise ValueError where two things of a kind, like «themes», have the same key."""
    if repeated := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"two {kind} have the key {', '.join(sorted(repeated))}")


def check_words(whose: str, what: str, words: Mapping[str, str], locales: Iterable[str]) -> None:
    """Raise ValueError where something, like «the theme culture», lacks words in one of the gathering's locales."""
    if missing := set(locales) - set(words):
        raise ValueError(f"{whose} has no {what} in {', '.join(sorted(missing))}")
