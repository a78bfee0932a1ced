"""Draws the picture of the organisers' statistics in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.drawing.bars import draw_bars


def make_picture(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a picture (`content`) with a bar for each line of the statistics, and its description (`alt`).

    Keys of `payload`: the `title`, the `bars` (name, joined, selected), and their text as `alt`.
    """
    return {"content": draw_bars(payload["title"], payload["bars"]), "alt": f"{payload['title']}: {payload['alt']}"}
