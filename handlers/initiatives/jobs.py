"""The job that prints cards of initiatives, done in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.branding import branding_of
from handlers.initiatives.drawing import draw_print


def make_print(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw the payload's `print`. The result has the PDF file as `content`, and the ids of those whose cards it has."""
    plan = payload["print"]
    content = draw_print(plan, branding_of(payload), payload["locale"])
    return {"content": content, "people": [card["id"] for card in plan["cards"]]}
