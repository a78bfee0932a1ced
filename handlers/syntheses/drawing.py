"""Draws the grid of a solution as a picture: a row for each territory, a column for each field of a territory card.

A territory card is what a member writes about the group's solution in a territory. The caller passes translated texts.
Pillow is imported when the first picture is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.drawing.typesetting import DEEP, INK, MUTED, PAPER, TINT, Box, as_png, height, write

if TYPE_CHECKING:
    from PIL.Image import Image


_MARGIN, _GAP, _PADDING = 40, 12, 16
_FIRST, _COLUMN = 250, 350  # widths: the territory, a square
_SIZE, _SMALLEST = 26, 18  # of what people wrote
_LOWEST, _HIGHEST = 110, 420  # of a row
_HEAD = 84


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of the grid: the name of a territory, and the texts in each column.

    `squares` has for each column the texts that members wrote, an empty sequence if there are none.
    """

    territory: str
    squares: Sequence[Sequence[str]]


def draw_grid(
    *, title: str, lines: Sequence[str], columns: Sequence[str], rows: Sequence[GridRow], empty: str
) -> bytes:
    """Return the picture of a grid as a PNG file.

    `lines` are drawn below the title, `columns` are the headings of the columns, and `empty` is drawn into squares
    without a text. A text that is too long for its square is drawn smaller, then cut with an ellipsis.
    """
    from PIL import Image

    from bot.drawing.lettering import Lettering

    inside = _FIRST + len(columns) * (_COLUMN + _GAP)
    title_height = height([title], inside, Lettering(46, bold=True))
    lines_height = height(lines, inside, Lettering(30))
    heights = [_height(row) for row in rows]
    top = title_height + 48 + _GAP
    total = top + lines_height + 2 * _GAP + _HEAD + sum(row_height + _GAP for row_height in heights) + _MARGIN
    picture = Image.new("RGB", (inside + 2 * _MARGIN, total), PAPER)
    picture.paste(DEEP, (0, 0, picture.width, title_height + 48))
    write(picture, Box(_MARGIN, 24, inside, title_height), [title], range(46, 47), PAPER, bold=True, top=True)
    if lines:
        write(picture, Box(_MARGIN, top, inside, lines_height), lines, range(30, 31), INK, top=True)
    top += lines_height + 2 * _GAP
    for column, words in enumerate(columns):
        box = Box(_left(column), top, _COLUMN, _HEAD - _GAP)
        write(picture, box, [words], range(30, 19, -2), DEEP, bold=True)
    top += _HEAD
    for row, row_height in zip(rows, heights, strict=True):
        _draw_row(picture, row, top, row_height, empty)
        top += row_height + _GAP
    return as_png(picture)


def _left(column: int) -> int:
    """Return the left edge of a column of squares, in pixels."""
    return _MARGIN + _FIRST + _GAP + column * (_COLUMN + _GAP)


def _height(row: GridRow) -> int:
    """Return the height of a row, in pixels."""
    from bot.drawing.lettering import Lettering

    lettering = Lettering(_SIZE)
    needed = max((height(_listed(square), _COLUMN - 2 * _PADDING, lettering) for square in row.squares), default=0)
    return min(_HIGHEST, max(_LOWEST, needed + 2 * _PADDING))


def _listed(square: Sequence[str]) -> Sequence[str]:
    """Return the texts of a square, each with a bullet if there are several."""
    return [f"· {text}" for text in square] if len(square) > 1 else square


def _draw_row(picture: Image, row: GridRow, top: int, row_height: int, empty: str) -> None:
    from PIL import ImageDraw

    name = Box(_MARGIN, top, _FIRST, row_height)
    write(picture, name, [row.territory], range(34, 21, -2), DEEP, bold=True)
    for column, square in enumerate(row.squares):
        left = _left(column)
        corners = (left, top, left + _COLUMN, top + row_height)
        box = Box(left + _PADDING, top + _PADDING, _COLUMN - 2 * _PADDING, row_height - 2 * _PADDING)
        if square:
            ImageDraw.Draw(picture).rounded_rectangle(corners, radius=14, fill=TINT)
            write(picture, box, _listed(square), range(_SIZE, _SMALLEST - 1, -2), INK, top=True)
        else:
            ImageDraw.Draw(picture).rounded_rectangle(corners, radius=14, outline=MUTED, width=2)
            write(picture, box, [empty], range(_SIZE, _SMALLEST - 1, -2), MUTED, centred=True)
