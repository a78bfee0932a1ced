"""The section [[themes]] of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from bot.config.section import Section, check_keys, check_words
from bot.config.settings import Sections, Settings


class ThemeSettings(Section):
    """A theme as config.toml describes it, with texts by locale. `capacity` is its number of seats (None: no limit)."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,20}$")]
    title: Mapping[str, str]
    description: Mapping[str, str] = {}
    capacity: Annotated[int, Field(ge=1)] | None = None


def _check(settings: Settings) -> None:
    themes = settings.all_of(ThemeSettings)
    keys = [theme.key for theme in themes]
    check_keys("themes", "themes", keys)
    for number, theme in enumerate(themes):
        check_words(f"the theme {theme.key}", ("themes", number, "title"), theme.title, settings.gathering.locales)


SECTIONS = Sections(lists={"themes": ThemeSettings}, check=_check)
