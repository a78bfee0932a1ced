"""Bars drawn in a picture: of each whole, the part that there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.drawing.typesetting import DEEP, INK, PAPER, TINT, as_png, shorten

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH = 1600
"""How wide a picture of figures is, in pixels."""
TOP = 130
"""What its title takes, in pixels."""
_BAR = 54


def draw_bars(title: str, bars: Sequence[tuple[str, int, int]]) -> bytes:
    """A PNG file with a bar for each (words, part, whole): as long as the whole, full as far as the part goes."""
    from bot.drawing.lettering import Lettering

    picture, draw = begin_page(title, bars_height(len(bars)))
    letters, left = Lettering(28), 420
    most = max((every for _words, _filled, every in bars), default=0) or 1
    for place, (words, filled, every) in enumerate(bars):
        top = TOP + _BAR * place
        label = shorten(words, left - 60, letters)
        letters.draw(picture, left - 20 - letters.width(label), top + 32, label, INK)
        scale = (WIDTH - left - 200) / most
        draw.rectangle((left, top + 6, left + every * scale, top + 42), fill=TINT, outline=DEEP, width=2)
        if filled:
            draw.rectangle((left, top + 6, left + filled * scale, top + 42), fill=DEEP)
        letters.draw(picture, round(left + every * scale) + 16, top + 32, f"{filled}/{every}", INK)
    return as_png(picture)


def bars_height(count: int) -> int:
    """How high the picture of so many bars is, in pixels."""
    return TOP + _BAR * count + 50


def begin_page(title: str, height: int) -> tuple[Image, Any]:
    """An empty picture below its title, and what draws on it."""
    from PIL import Image, ImageDraw

    from bot.drawing.lettering import Lettering

    picture = Image.new("RGB", (WIDTH, height), PAPER)
    letters = Lettering(44, bold=True)
    letters.draw(picture, 40, 70, shorten(title, WIDTH - 80, letters), DEEP)
    return picture, ImageDraw.Draw(picture)
