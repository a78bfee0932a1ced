"""What becomes of the organisers' figures in another process: a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.drawing.bars import draw_bars


def make_picture(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """A bar for each line of the table."""
    return {"content": draw_bars(payload["title"], payload["bars"]), "alt": f"{payload['title']}: {payload['alt']}"}
