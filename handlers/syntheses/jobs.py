"""What becomes of a group's grid in another process: a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.syntheses.drawing import GridRow, draw_grid


def draw_picture(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The picture of a grid and its words for who cannot see it, in the language of who asked."""
    rows = [GridRow(name, squares) for name, squares in payload["rows"]]
    columns, empty = payload["columns"], payload["empty"]
    content = draw_grid(title=payload["title"], lines=payload["lines"], columns=columns, rows=rows, empty=empty)
    told = [payload["title"], *payload["lines"]]
    for row in rows:
        squares = zip(columns, row.squares, strict=True)
        told.append(
            f"{row.territory} — " + "; ".join(f"{column}: {' / '.join(said) or empty}" for column, said in squares)
        )
    return {"content": content, "alt": "\n".join(told), "group": payload["group"]}
