"""Draws the organisers' figures in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.drawing.bars import draw_bars


def make_picture(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a picture with a bar for each line of the table."""
    return {"content": draw_bars(payload["title"], payload["bars"]), "alt": f"{payload['title']}: {payload['alt']}"}
