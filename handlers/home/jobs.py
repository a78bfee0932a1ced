"""Draws the picture of the organisers' statistics in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.branding import branding_of
from bot.drawing.charts import Bar, BarChart, draw_chart


def make_picture(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a picture (`content`) with a bar for each line of the statistics, and its description (`alt`).

    `payload` has the `title`, the `bars` (name, joined, selected), their text as `alt`, `branding` and `locale`.
    """
    title, bars = payload["title"], [Bar(*bar) for bar in payload["bars"]]
    chart = BarChart("figures", title, f"{title}\n{payload['alt']}", bars)
    return {"content": draw_chart(chart, branding_of(payload), payload["locale"]), "alt": chart.alt}
