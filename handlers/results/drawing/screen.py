"""Draws a group's challenge and solution as a picture (PNG) for a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.content.texts import _
from bot.content.views import Picture
from bot.drawing.typeset import typeset_png
from handlers.results.messages import Wording
from handlers.results.model import ResultGroup, WorkshopResults

_TEMPLATE = Path(__file__).with_name("screen.typ")


def draw_for_screen(results: WorkshopResults, group: ResultGroup, wording: Wording, name: str) -> Picture | None:
    """Return a picture, 1920 × 1080 pixels, of a group's title, challenge and solution in large letters.

    Returns None if the group has written neither. `name` is that of the file.
    """
    parts = proposal(results, group, wording)
    if not parts:
        return None
    title = wording.group(results, group)
    [content] = typeset_png(_TEMPLATE, {"title": title, "parts": parts}, wording.branding, wording.locale)
    return Picture(content, "\n".join([title, *(f"{part['label']}: {part['text']}" for part in parts)]), name)


def proposal(results: WorkshopResults, group: ResultGroup, wording: Wording) -> Sequence[Mapping[str, str]]:
    """Return what a group proposes, its challenge and its solution, each as `label` and `text`, if it was written."""
    challenge, solution = results.current(group, "challenge"), results.current(group, "solution")
    written = ((_("Our challenge"), challenge.get("sentence")), (_("Our solution"), solution.get("idea")))
    return [{"label": wording.say(label), "text": text} for label, text in written if text]
