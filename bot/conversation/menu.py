"""Makes the menu: everything that a person can do at this moment, from the parts that capabilities declare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.content.views import Button
from bot.conversation.parts import ask_part
from bot.conversation.routes import Request, ScreenSection


@dataclass(frozen=True, slots=True)
class OpenSection:
    """A section of the menu with its buttons, at least one."""

    section: ScreenSection
    buttons: tuple[Button, ...]


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
