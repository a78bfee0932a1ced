"""A screen that capabilities share, put together from the part of each."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.texts import Span
from bot.content.views import Button, View
from bot.conversation.routes import Request, ScreenPart


async def assemble(request: Request, parts: Sequence[ScreenPart]) -> View:
    """The lines, then the buttons, of all parts that are for the person who asked."""
    lines: list[Span] = []
    buttons: list[Button] = []
    for part in parts:
        if request.may(part.who):
            view = await part.show(request)
            lines += view.lines
            buttons += view.buttons
    return View(tuple(lines), tuple(buttons))
