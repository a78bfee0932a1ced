"""Draws a group's challenge and solution as a picture (PNG) for a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.content.texts import _
from bot.content.views import Picture
from bot.drawing.typeset import DOTS, typeset_png
from handlers.results.messages import Wording
from handlers.results.model import ResultGroup, WorkshopResults

_TEMPLATE = Path(__file__).with_name("screen.typ")
_ABOVE_A_CLOCK = 730
"""The height of a picture above a clock, of the 1080 that a screen has."""
_SHAPES = {"wide": (1920, 50), "narrow": (1440, 47)}
"""The widths of pictures above a clock, and the size of their smallest letters: a twenty-fifth of what screens have."""


def draw_for_screen(results: WorkshopResults, group: ResultGroup, wording: Wording, name: str) -> Picture | None:
    """Return a picture, 1920 × 1080 pixels, of a group's title, challenge and solution in large letters.

    Returns None if the group has written neither a challenge nor a solution. `name` is the name of the file.
    """
    parts = proposal(results, group, wording)
    if not parts:
        return None
    title = wording.group(results, group)
    data = {"title": title, "parts": parts, "width": 1920, "height": 1080, "smallest": 50}
    [content] = typeset_png(_TEMPLATE, data, wording.branding, wording.locale)
    said = (wording.say(_("{label}: {words}", label=part["label"], words=part["text"])) for part in parts)
    return Picture(content, "\n".join([title, *said]), name)


def draw_for_wall(results: WorkshopResults, group: ResultGroup, wording: Wording) -> Mapping[str, bytes]:
    """Return pictures of a group's title, challenge and solution, with room for a clock below, as PNG files by shape.

    The shapes are «wide», for a screen of 3840 × 2160 pixels, and «narrow», for a screen of 4:3. The result is empty if
    the group has written neither a challenge nor a solution.
    """
    parts = proposal(results, group, wording)
    if not parts:
        return {}
    title, pictures = wording.group(results, group), {}
    for shape, (width, smallest) in _SHAPES.items():
        data = {"title": title, "parts": parts, "width": width, "height": _ABOVE_A_CLOCK, "smallest": smallest}
        [pictures[shape]] = typeset_png(_TEMPLATE, data, wording.branding, wording.locale, dots=2 * DOTS)
    return pictures


def proposal(results: WorkshopResults, group: ResultGroup, wording: Wording) -> Sequence[Mapping[str, str]]:
    """Return a group's challenge and solution, each as `label` and `text`, without what the group has not written."""
    challenge, solution = results.current(group, "challenge"), results.current(group, "solution")
    written = ((_("Our challenge"), challenge.get("sentence")), (_("Our solution"), solution.get("idea")))
    return [{"label": wording.say(label), "text": text} for label, text in written if text]
