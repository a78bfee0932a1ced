"""Groups and themes as files name them, read and written without settings or store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.files.sheets import key_of

_HIGHEST_NUMBER = 999_999


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A group as files name it: `<theme>-<number>`."""

    theme: str
    number: int

    def __str__(self) -> str:
        return f"{self.theme}-{self.number}"


def parse_label(text: str) -> Label | None:
    """The label behind a text; None where there is no theme or no number from 1 on."""
    theme, _dash, number = text.rpartition("-")
    if not (theme.strip() and number.isascii() and number.isdecimal() and 1 <= int(number) <= _HIGHEST_NUMBER):
        return None
    return Label(theme.strip(), int(number))


def theme_finder(themes: Iterable[str]) -> Callable[[str], str | None]:
    """Finds the theme that a spelling means, accents and case apart; None for none of them."""
    by_key = {theme_key(theme): theme for theme in themes}
    return lambda spelling: by_key.get(theme_key(spelling))


def theme_key(theme: str) -> str:
    """What spellings of a theme are compared by."""
    return key_of(theme) or theme
