"""Draws the list of a safety check on paper, to tick with a pen where no telephone works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.content.branding import branding_of
from bot.drawing.typeset import typeset_pdf

_TEMPLATE = Path(__file__).with_name("list.typ")


def draw_list(
    title: str, as_of: str, counts: Sequence[str], groups: Sequence[Mapping[str, Any]], look: Mapping[str, Any]
) -> bytes:
    """Return the list of a safety check as an A4 PDF file. `as_of` stands at the top and at the foot of each page.

    `counts` are lines that stand before the groups.

    Each group has a `title` and `people`. Each person has a `name`, `how` they are, and whether they are `safe`. `look`
    is the gathering's name, colour and logo, and the `locale`.
    """
    data = {"title": title, "as-of": as_of, "counts": counts, "groups": groups}
    return typeset_pdf(_TEMPLATE, data, branding_of(look), look["locale"])
