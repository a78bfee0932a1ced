"""Makes the menu: what is on, and everything that a person can do now, as each part of the program declares it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.content.texts import Span
from bot.content.views import Button, View
from bot.conversation.parts import ask_part
from bot.conversation.routes import Request, ScreenPart, ScreenSection


@dataclass(frozen=True, slots=True)
class OpenSection:
    """A section of the menu with its buttons, at least one."""

    section: ScreenSection
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu of a person, for a platform that shows it beside the conversation.

    `now` is what takes place now or next, short enough for a bar («Culture 6 · Room 3 · 14:00»); None if nothing more
    takes place. `lines` are the lines of the home screen.
    """

    now: Span | None = None
    lines: tuple[Span, ...] = ()
    sections: Sequence[OpenSection] = ()


async def open_menu(request: Request) -> Menu:
    """Return the menu of the person who asks: what takes place now or next, and what the person can do now."""
    now = await _lines(request, request.shared.bar)
    return Menu(now[0] if now else None, await _lines(request, request.shared.home), await open_sections(request))


async def _lines(request: Request, parts: Sequence[ScreenPart]) -> tuple[Span, ...]:
    views = [await ask_part(part.show, request, otherwise=View(())) for part in parts if request.may(part.who)]
    return tuple(line for view in views for line in view.lines)


async def open_sections(request: Request) -> Sequence[OpenSection]:
    """Return, in order, the sections of the menu in which the person who asks can do something now."""
    sections = []
    for section, parts in groupby(request.shared.menu, key=lambda part: part.section):
        buttons: list[Button] = []
        for part in parts:
            if request.may(part.who):
                buttons += await ask_part(part.offer, request, otherwise=())
        if buttons:
            sections.append(OpenSection(section, tuple(buttons)))
    return sections
