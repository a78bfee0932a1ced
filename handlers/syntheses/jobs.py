"""The job that draws a group's grid in another process, because drawing takes long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.branding import branding_of
from handlers.syntheses.drawing import draw_grid


def draw_pictures(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw the grid of a group (its territory cards) in the language of the person who asked for it.

    The payload has the words of the grid, and the id of the `group`. The result has the `pictures` and the `group`.
    """
    words = {
        key: payload[key] for key in ("title", "solution", "columns", "rows", "empty", "travel", "travels", "locale")
    }
    return {"pictures": draw_grid(**words, branding=branding_of(payload)), "group": payload["group"]}
