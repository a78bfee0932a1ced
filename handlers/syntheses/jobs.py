"""The job that draws a group's grid in another process, because drawing takes long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.branding import branding_of
from handlers.syntheses.drawing import GridRow, draw_grid


def draw_pictures(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw the grid of a group in the language of the person who asked.

    The payload has the arguments of `draw_grid`, the `rows` each as [name, squares], and the id of the `group`. The
    result has the `pictures` and the `group`.
    """
    pictures = draw_grid(
        title=payload["title"],
        solution=payload["solution"],
        columns=payload["columns"],
        rows=[GridRow(name, squares) for name, squares in payload["rows"]],
        empty=payload["empty"],
        branding=branding_of(payload),
        locale=payload["locale"],
    )
    return {"pictures": pictures, "group": payload["group"]}
