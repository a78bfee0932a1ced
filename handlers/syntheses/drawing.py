"""The grid of a solution as a picture: a row a territory, what its members wrote in four columns, empty squares named.

The words come from the caller, already translated. Pillow is imported when the first picture is drawn.
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
    """A territory by its name, and what was written in each of its squares; an empty square holds nothing."""

    territory: str
    squares: Sequence[Sequence[str]]


def draw_grid(
    *, title: str, lines: Sequence[str], columns: Sequence[str], rows: Sequence[GridRow], empty: str
) -> bytes:
    """A PNG file with every territory. `lines` stand below the title; `empty` is written into squares with nothing.

    What is too long for its square is made smaller, then cut with an ellipsis.
    """
    from PIL import Image

    from bot.drawing.lettering import Lettering

    inside = _FIRST + len(columns) * (_COLUMN + _GAP)
    titles = height([title], inside, Lettering(46, bold=True))
    said = height(lines, inside, Lettering(30))
    heights = [_height(row) for row in rows]
    top = titles + 48 + _GAP
    total = top + said + 2 * _GAP + _HEAD + sum(each + _GAP for each in heights) + _MARGIN
    picture = Image.new("RGB", (inside + 2 * _MARGIN, total), PAPER)
    picture.paste(DEEP, (0, 0, picture.width, titles + 48))
    write(picture, Box(_MARGIN, 24, inside, titles), [title], range(46, 47), PAPER, bold=True, top=True)
    if lines:
        write(picture, Box(_MARGIN, top, inside, said), lines, range(30, 31), INK, top=True)
    top += said + 2 * _GAP
    for place, words in enumerate(columns):
        box = Box(_left(place), top, _COLUMN, _HEAD - _GAP)
        write(picture, box, [words], range(30, 19, -2), DEEP, bold=True)
    top += _HEAD
    for row, high in zip(rows, heights, strict=True):
        _draw_row(picture, row, top, high, empty)
        top += high + _GAP
    return as_png(picture)


def _left(place: int) -> int:
    return _MARGIN + _FIRST + _GAP + place * (_COLUMN + _GAP)


def _height(row: GridRow) -> int:
    from bot.drawing.lettering import Lettering

    lettering = Lettering(_SIZE)
    needed = max((height(_listed(square), _COLUMN - 2 * _PADDING, lettering) for square in row.squares), default=0)
    return min(_HIGHEST, max(_LOWEST, needed + 2 * _PADDING))


def _listed(square: Sequence[str]) -> Sequence[str]:
    """What several members wrote, told apart."""
    return [f"· {said}" for said in square] if len(square) > 1 else square


def _draw_row(picture: Image, row: GridRow, top: int, high: int, empty: str) -> None:
    from PIL import ImageDraw

    name = Box(_MARGIN, top, _FIRST, high)
    write(picture, name, [row.territory], range(34, 21, -2), DEEP, bold=True)
    for place, square in enumerate(row.squares):
        left = _left(place)
        corners = (left, top, left + _COLUMN, top + high)
        box = Box(left + _PADDING, top + _PADDING, _COLUMN - 2 * _PADDING, high - 2 * _PADDING)
        if square:
            ImageDraw.Draw(picture).rounded_rectangle(corners, radius=14, fill=TINT)
            write(picture, box, _listed(square), range(_SIZE, _SMALLEST - 1, -2), INK, top=True)
        else:
            ImageDraw.Draw(picture).rounded_rectangle(corners, radius=14, outline=MUTED, width=2)
            write(picture, box, [empty], range(_SIZE, _SMALLEST - 1, -2), MUTED, centred=True)
