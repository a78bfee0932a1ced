"""The job that draws a group's grid in another process, because drawing takes long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.syntheses.drawing import GridRow, draw_grid


def draw_picture(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw the grid of a group in the language of the person who asked, and return the PNG file.

    The payload has a `title`, `lines` below it, `columns`, the text for `empty` squares, the id of the `group`, and
    `rows`, each as [name, squares]. The result has the file as `content`, its text alternative as `alt`, and the
    `group`.
    """
    rows = [GridRow(name, squares) for name, squares in payload["rows"]]
    columns, empty = payload["columns"], payload["empty"]
    content = draw_grid(title=payload["title"], lines=payload["lines"], columns=columns, rows=rows, empty=empty)
    alternative = [payload["title"], *payload["lines"]]
    for row in rows:
        squares = zip(columns, row.squares, strict=True)
        alternative.append(
            f"{row.territory} — " + "; ".join(f"{column}: {' / '.join(texts) or empty}" for column, texts in squares)
        )
    return {"content": content, "alt": "\n".join(alternative), "group": payload["group"]}
