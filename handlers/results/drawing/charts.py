"""Draws charts: ideas over time, by phase and by theme, and how much groups wrote about each territory.

No information is in colours alone: every curve has its own dashes and its name beside it, every bar its number. Lengths
are in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.drawing.bars import TOP, WIDTH, bars_height, begin_page, draw_bars
from bot.drawing.typesetting import MUTED, TINT, as_png, shorten, wrap
from handlers.results.drawing.figures import BarChart, LineChart, chart_data
from handlers.results.messages import Wording
from handlers.results.model import WorkshopResults

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw


_HEIGHT = 900
_LEFT, _RIGHT, _BOTTOM = 110, 420, 110
_CURVES = ("#0b4f6c", "#b3541e", "#3f7d20", "#7a3e9d", "#8a6d00", "#a61e4d")  # all dark enough on white
_DASHES: Sequence[Sequence[int]] = ((), (26, 12), (8, 10), (40, 10, 8, 10), (16, 16), (4, 6))


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as a PNG file (`content`), with its size in pixels, its key (`name`), its title, and alternative text."""

    name: str
    title: str
    alt: str
    content: bytes
    width: int
    height: int


def draw_charts(results: WorkshopResults, wording: Wording) -> list[Chart]:
    """Return the charts of ideas over time, by phase and by theme, and of territories, as pictures."""
    return [_curves(chart) if isinstance(chart, LineChart) else _bars(chart) for chart in chart_data(results, wording)]


# --- ideas over time


def _curves(chart: LineChart) -> Chart:
    most = max((curve.total for curve in chart.curves), default=1)
    picture, draw = begin_page(chart.title, _HEIGHT)
    _axes(picture, draw, most, chart)
    ends = []
    for index, curve in enumerate(chart.curves):
        colour, dashes = _CURVES[index % len(_CURVES)], _DASHES[index % len(_DASHES)]
        points = [
            (_across(place, chart), _height_of(count, most))
            for place, count in enumerate(curve.counts)
            if count is not None
        ]
        _dashed(draw, points, colour, dashes)
        ends.append((points[-1][1], curve.name, curve.total, colour, dashes))
    _label(picture, draw, ends)
    return Chart(chart.key, chart.title, chart.alt, as_png(picture), WIDTH, _HEIGHT)


def _across(place: int, chart: LineChart) -> float:
    """Return the distance from the left at which the moment of a chart in this place, from 0, is drawn."""
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * place / (len(chart.moments) - 1)


def _height_of(count: float, most: int) -> float:
    """Return the distance from the top of the chart at which a count is drawn.

    `most` is the count at the top of the axis.
    """
    return _HEIGHT - _BOTTOM - (_HEIGHT - TOP - _BOTTOM) * count / most


def _axes(picture: Image, draw: ImageDraw, most: int, chart: LineChart) -> None:
    from bot.drawing.lettering import Lettering

    letters = Lettering(26)
    step = max(1, -(-most // 5))
    for value in range(0, most + 1, step):
        height = _height_of(value, most)
        draw.line([(_LEFT, height), (WIDTH - _RIGHT, height)], fill=TINT, width=2)
        words = str(value)
        letters.draw(picture, _LEFT - 16 - letters.width(words), round(height) + 9, words, MUTED)
    draw.line([(_LEFT, _HEIGHT - _BOTTOM), (WIDTH - _RIGHT, _HEIGHT - _BOTTOM)], fill=MUTED, width=3)
    for place in range(0, len(chart.moments), chart.labelled):
        for line, text in enumerate(chart.moments[place].split(", ")):
            x = _across(place, chart) - letters.width(text) / 2
            left = round(min(max(x, 8), WIDTH - letters.width(text) - 8))
            letters.draw(picture, left, _HEIGHT - _BOTTOM + 40 + 32 * line, text, MUTED)


def _dashed(draw: ImageDraw, points: Sequence[tuple[float, float]], colour: str, dashes: Sequence[int]) -> None:
    """Draw a curve through points, unbroken or in dashes; `dashes` are lengths drawn and left out in turn."""
    if not dashes:
        draw.line(list(points), fill=colour, width=7, joint="curve")
        return
    left, index, is_drawn = float(dashes[0]), 0, True
    for (x, y), (to_x, to_y) in pairwise(points):
        length = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
        covered = 0.0
        while covered < length:
            part = min(left, length - covered)
            if is_drawn:
                ends = [
                    (x + (to_x - x) * at / length, y + (to_y - y) * at / length) for at in (covered, covered + part)
                ]
                draw.line(ends, fill=colour, width=7)
            covered += part
            left -= part
            if left <= 0:
                index, is_drawn = index + 1, not is_drawn
                left = float(dashes[index % len(dashes)])


def _label(picture: Image, draw: ImageDraw, ends: Sequence[tuple[float, str, int, str, Sequence[int]]]) -> None:
    """Write each curve's name and number at its end, one below the other where ends are close together.

    `ends` has for each curve the height of its end, its name, number, colour and dashes.
    """
    from bot.drawing.lettering import Lettering

    letters, room = Lettering(28, bold=True), _RIGHT - 110
    high = 76
    lowest = _HEIGHT - _BOTTOM - high * (len(ends) - 1)
    at = float(TOP - 20)
    for height, words, count, colour, dashes in sorted(ends, key=lambda end: end[0]):
        at = max(at, min(height - 20, lowest))
        left = WIDTH - _RIGHT + 20
        _dashed(draw, [(left, at), (left + 64, at)], colour, dashes)
        lines = list(wrap(f"{words} ({count})", room, letters))
        shown = [*lines[:1], *([shorten(" ".join(lines[1:]), room, letters)] if len(lines) > 1 else [])]
        for line, text in enumerate(shown):
            letters.draw(picture, left + 78, round(at) + 10 + 32 * line, text, colour)
        at += high
        lowest += high


# --- territories


def _bars(chart: BarChart) -> Chart:
    content = draw_bars(chart.title, [(bar.name, bar.part, bar.whole) for bar in chart.bars])
    return Chart(chart.key, chart.title, chart.alt, content, WIDTH, bars_height(len(chart.bars)))
