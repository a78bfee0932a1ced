"""Draws charts as pictures for a chat: curves over time, and bars of which a part is filled.

Templates that show a chart among other things use the same functions of `charts.typ`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.content.branding import Branding
from bot.drawing.typeset import typeset_png

_TEMPLATE = Path(__file__).with_name("chart_picture.typ")


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve of a chart: its name, and its values at equal distances; None where it has none."""

    name: str
    values: Sequence[int | None]


def draw_curves(title: str, curves: Sequence[Curve], ticks: Sequence[str], branding: Branding, locale: str) -> bytes:
    """Return a chart of curves as a PNG file; the texts `ticks` stand at equal distances below it."""
    return _draw({"title": title, "curves": [asdict(curve) for curve in curves], "ticks": ticks}, branding, locale)


def draw_bars(title: str, bars: Sequence[tuple[str, int, int]], branding: Branding, locale: str) -> bytes:
    """Return a PNG file with a bar for each (words, part, whole): as long as the whole, filled as far as the part."""
    return _draw({"title": title, "bars": bars}, branding, locale)


def _draw(data: Mapping[str, Any], branding: Branding, locale: str) -> bytes:
    [picture] = typeset_png(_TEMPLATE, data, branding, locale)
    return picture
