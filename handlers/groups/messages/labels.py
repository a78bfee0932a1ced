"""Labels of groups and names of themes, as they are written in files. Needs neither settings nor a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.files.sheets import key_of

_HIGHEST_NUMBER = 999_999


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """The label of a group in files, `<theme>-<number>`, for instance culture-3."""

    theme: str
    number: int

    def __str__(self) -> str:
        return f"{self.theme}-{self.number}"


def parse_label(text: str) -> Label | None:
    """Return the label that a text spells, such as «culture-3»; None if it has no theme, or no number from 1 on."""
    theme, _dash, number = text.rpartition("-")
    if not (theme.strip() and number.isascii() and number.isdecimal() and 1 <= int(number) <= _HIGHEST_NUMBER):
        return None
    return Label(theme.strip(), int(number))


def theme_finder(themes: Iterable[str]) -> Callable[[str], str | None]:
    """Return a function that takes a theme's name as someone typed it and returns the theme; None if none fits.

    Accents and upper or lower case do not matter. `themes` holds the themes to choose from.
    """
    by_key = {theme_key(theme): theme for theme in themes}
    return lambda spelling: by_key.get(theme_key(spelling))


def theme_key(theme: str) -> str:
    """Return the form of a theme's name for comparisons: without accents, and in one case."""
    return key_of(theme) or theme
