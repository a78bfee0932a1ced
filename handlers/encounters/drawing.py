"""Draws the list for the door of encounters: at which table everybody sits in each seating."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.content.branding import Branding
from bot.drawing.typeset import typeset_pdf

_TEMPLATE = Path(__file__).with_name("encounters.typ")


def draw_door_list(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], branding: Branding, locale: str
) -> bytes:
    """Return a PDF file (A4) with a row for each person: the name, and the table in each seating.

    `columns` are the headings of the columns, and `rows` what stands in them.
    """
    return typeset_pdf(_TEMPLATE, {"title": title, "columns": columns, "rows": rows}, branding, locale)
