"""Draws a group's challenge and solution as a picture (PNG) for a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.content.texts import _
from bot.drawing.typeset import typeset_png
from handlers.results.messages import Wording
from handlers.results.model import ResultGroup, WorkshopResults

_TEMPLATE = Path(__file__).with_name("screen.typ")


@dataclass(frozen=True, slots=True)
class ScreenPicture:
    """A PNG file of 1920 × 1080 pixels, and an alternative text that says the same."""

    content: bytes
    alt: str


def draw_for_screen(results: WorkshopResults, group: ResultGroup, wording: Wording) -> ScreenPicture | None:
    """Return a picture of a group's title, challenge and solution in large letters; None if it has written neither."""
    parts = proposal(results, group, wording)
    if not parts:
        return None
    title = wording.group(results, group)
    [picture] = typeset_png(_TEMPLATE, {"title": title, "parts": parts}, wording.branding, wording.locale)
    return ScreenPicture(picture, "\n".join([title, *(f"{part['label']}: {part['text']}" for part in parts)]))


def proposal(results: WorkshopResults, group: ResultGroup, wording: Wording) -> Sequence[Mapping[str, str]]:
    """Return what a group proposes, its challenge and its solution, each as `label` and `text`, if it was written."""
    challenge, solution = results.current(group, "challenge"), results.current(group, "solution")
    written = ((_("Our challenge"), challenge.get("sentence")), (_("Our solution"), solution.get("idea")))
    return [{"label": wording.say(label), "text": text} for label, text in written if text]
