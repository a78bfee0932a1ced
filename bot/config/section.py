"""What every section of the configuration is made of."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict


class Section(BaseModel):
    """One table of config.toml. Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def split(value: object) -> object:
    """The environment gives lists as «a,b»."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError):
        raise ValueError(f"no time zone is called {name!r}: write it like «Europe/Paris»") from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]
"""The name of a time zone that there is."""
