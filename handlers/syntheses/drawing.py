"""Draws the grid of a solution: what a group's members wrote about it in their territories, as pictures for a chat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.content.branding import Branding
from bot.content.texts import _
from bot.content.views import Picture
from bot.drawing.typeset import typeset_png

_TEMPLATE = Path(__file__).with_name("grid.typ")
_MOST_PICTURES = 10  # that one message can carry
_MOST_OFFERS = 35  # that fit one picture, each in up to four lines


GridRow = tuple[str, Sequence[Sequence[str]]]
"""A territory of the grid: its name, and for each column the texts that members wrote, none for an empty square."""
Travels = tuple[str, Sequence[str]]
"""A territory in which people of other groups need the solution: its name, and how they could help."""


def draw_grid(
    *,
    title: str,
    solution: str,
    columns: Sequence[str],
    rows: Sequence[GridRow],
    empty: str,
    branding: Branding,
    locale: str,
    travel: str = "",
    travels: Sequence[Travels] = (),
) -> list[Picture]:
    """Return the pictures of a group's grid, one for each territory, as many as a message can carry.

    `title` and `solution` are at the top of each picture. `columns` are the headings of the four squares of a
    territory; `empty` is drawn into a square without a text. If `travels`, the other territories where the solution is
    needed, is not empty, a last picture shows them below the heading `travel`.
    """
    pictures = list(_shared_out(rows, _MOST_PICTURES - bool(travels)))
    words = {"title": title, "solution": solution, "columns": columns, "empty": empty}
    data = {**words, "pictures": pictures, "travel": travel, "travels": list(_that_fit(travels))}
    texts = [_in_words(picture, columns, empty) for picture in pictures]
    if travels:
        texts.append([travel, *(line for name, offers in travels for line in (name, *offers))])
    head = [title, *filter(None, [solution])]
    drawn = typeset_png(_TEMPLATE, data, branding, locale)
    return [
        Picture(content, "\n".join([*head, *lines]), _("territories.png"))
        for content, lines in zip(drawn, texts, strict=True)
    ]


def _that_fit(travels: Sequence[Travels]) -> Iterator[Travels]:
    """Yield as many territories and offers as one picture can show; the words beside it have all."""
    left = _MOST_OFFERS
    for name, offers in travels[:_MOST_OFFERS]:
        yield name, offers[:left]
        left -= len(offers[:left])


def _shared_out(rows: Sequence[GridRow], most: int) -> Iterator[Sequence[GridRow]]:
    """Yield the rows of each of at most `most` pictures."""
    count = min(len(rows), most)
    for index in range(count):
        yield rows[index * len(rows) // count : (index + 1) * len(rows) // count]


def _in_words(rows: Sequence[GridRow], columns: Sequence[str], empty: str) -> Iterable[str]:
    for name, squares in rows:
        words = (f"{column}: {' / '.join(texts) or empty}" for column, texts in zip(columns, squares, strict=True))
        yield f"{name} — {'; '.join(words)}"
