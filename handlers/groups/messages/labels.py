"""Labels of groups and themes in files, which are read and written without settings or store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.files.sheets import key_of

_HIGHEST_NUMBER = 999_999


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """The label of a group in files: `<theme>-<number>`."""

    theme: str
    number: int

    def __str__(self) -> str:
        return f"{self.theme}-{self.number}"


def parse_label(text: str) -> Label | None:
    """Return the label that a text spells; None if it lacks a theme or a number from 1 on."""
    theme, _dash, number = text.rpartition("-")
    if not (theme.strip() and number.isascii() and number.isdecimal() and 1 <= int(number) <= _HIGHEST_NUMBER):
        return None
    return Label(theme.strip(), int(number))


def theme_finder(themes: Iterable[str]) -> Callable[[str], str | None]:
    """Return a function that finds the theme with a spelling, regardless of accents and case, or returns None."""
    by_key = {theme_key(theme): theme for theme in themes}
    return lambda spelling: by_key.get(theme_key(spelling))


def theme_key(theme: str) -> str:
    """Return the key by which spellings of a theme are compared."""
    return key_of(theme) or theme
