"""Draws the charts of the results as pictures."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from bot.drawing.charts import draw_chart
from handlers.results.drawing.figures import chart_data
from handlers.results.messages import Wording
from handlers.results.model import WorkshopResults


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
    charts = []
    for chart in chart_data(results, wording):
        content = draw_chart(chart, wording.branding, wording.locale)
        charts.append(Chart(chart.key, chart.title, chart.alt, content, *struct.unpack(">II", content[16:24])))
    return charts
