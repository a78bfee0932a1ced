"""The job that draws the sheet of practical information, done in another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.content.branding import branding_of
from handlers.practical.drawing import draw_sheet


def make_sheet(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Draw the sheet whose content is the payload's `sheet`. The result has the PDF file as `content`."""
    return {"content": draw_sheet(payload["sheet"], branding_of(payload), payload["locale"])}
