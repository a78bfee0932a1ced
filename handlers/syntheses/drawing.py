"""Draws the grid of a solution: what a group's members wrote about it in their territories, as pictures for a chat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.content.branding import Branding
from bot.content.texts import _
from bot.content.views import Picture
from bot.drawing.typeset import typeset_png

_TEMPLATE = Path(__file__).with_name("grid.typ")
_MOST_PICTURES = 10  # that one message can carry


GridRow = tuple[str, Sequence[Sequence[str]]]
"""A territory of the grid: its name, and for each column the texts that members wrote, none for an empty square."""


def draw_grid(
    *,
    title: str,
    solution: str,
    columns: Sequence[str],
    rows: Sequence[GridRow],
    empty: str,
    branding: Branding,
    locale: str,
) -> list[Picture]:
    """Return the pictures of a grid, one for each territory as long as a message can carry them.

    `title` and `solution` stand at the top of each picture, `columns` are the headings of the four squares of a
    territory, and `empty` is drawn into squares without a text.
    """
    pictures = list(_shared_out(rows))
    data = {"title": title, "solution": solution, "columns": columns, "empty": empty, "pictures": pictures}
    head = [title, *filter(None, [solution])]
    return [
        Picture(content, "\n".join([*head, *_in_words(picture, columns, empty)]), _("territories.png"))
        for content, picture in zip(typeset_png(_TEMPLATE, data, branding, locale), pictures, strict=True)
    ]


def _shared_out(rows: Sequence[GridRow]) -> Iterator[Sequence[GridRow]]:
    """Yield the rows of each picture."""
    count = min(len(rows), _MOST_PICTURES)
    for index in range(count):
        yield rows[index * len(rows) // count : (index + 1) * len(rows) // count]


def _in_words(rows: Sequence[GridRow], columns: Sequence[str], empty: str) -> Iterator[str]:
    for name, squares in rows:
        words = (f"{column}: {' / '.join(texts) or empty}" for column, texts in zip(columns, squares, strict=True))
        yield f"{name} — {'; '.join(words)}"
