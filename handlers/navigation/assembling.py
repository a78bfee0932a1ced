"""A screen that capabilities share, put together from the part of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.content.texts import Span, Strong
from bot.content.views import Button, View
from bot.conversation.routes import Request, ScreenPart, ScreenSection


@dataclass(frozen=True, slots=True)
class Assembled:
    """The lines and buttons of a section of a shared screen; `section` is None for those of parts without any."""

    section: ScreenSection | None
    lines: tuple[Span, ...]
    buttons: tuple[Button, ...]


async def assemble(request: Request, parts: Sequence[ScreenPart]) -> View:
    """The lines, then the buttons, of all parts that are for the person who asked, each section under its heading."""
    sections = await assemble_sections(request, parts)
    lines: list[Span] = []
    for each in sections:
        if each.section and each.lines:
            lines.append(Strong(each.section.heading))
        lines += each.lines
    return View(tuple(lines), tuple(button for each in sections for button in each.buttons))


async def assemble_sections(request: Request, parts: Iterable[ScreenPart]) -> Sequence[Assembled]:
    """What parts show to the person who asked, section by section; a section of which nothing is shown is left out."""
    shown: dict[ScreenSection | None, list[View]] = {}
    for part in parts:
        if request.may(part.who):
            shown.setdefault(part.section, []).append(await part.show(request))
    together = [
        Assembled(
            section,
            tuple(line for view in views for line in view.lines),
            tuple(button for view in views for button in view.buttons),
        )
        for section, views in sorted(shown.items(), key=lambda item: item[0].order if item[0] else -1)
    ]
    return [each for each in together if each.lines or each.buttons]
