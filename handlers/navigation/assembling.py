"""Puts together a screen that capabilities share, from the part of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.content.actions import Action
from bot.content.texts import Joined, Span, Strong
from bot.content.views import Button, View
from bot.conversation.parts import ask_part
from bot.conversation.routes import NextStep, Request, ScreenPart, ScreenSection

_MOST_IN_SIGHT = 2
"""The most buttons of a section on the screen itself, a row on a phone; more have a screen of their own."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """The lines and buttons of a section of a shared screen; `section` is None for those of parts without any."""

    section: ScreenSection | None
    lines: tuple[Span, ...]
    buttons: tuple[Button, ...]

    @property
    def summary(self) -> Span:
        """Return all of its lines as one, after its heading."""
        words = [word for line in self.lines for word in (" ", line)][1:]
        return Joined((Strong(self.section.heading), " · ", *words)) if self.section else Joined(tuple(words))

    def in_sight(self, opens: Action) -> tuple[Button, ...]:
        """Return its buttons where they are few, else the one that `opens` the section as a screen of its own."""
        if self.section is None or len(self.buttons) <= _MOST_IN_SIGHT:
            return self.buttons
        return (Button(self.section.heading, opens),)


async def assemble(request: Request, parts: Sequence[ScreenPart]) -> View:
    """Return the lines, then the buttons, of all parts for the person who asked, each section under its heading."""
    sections = await assemble_sections(request, parts)
    lines: list[Span] = []
    for shown in sections:
        if shown.section and shown.lines:
            lines.append(Strong(shown.section.heading))
        lines += shown.lines
    return View(tuple(lines), tuple(button for shown in sections for button in shown.buttons))


async def assemble_sections(request: Request, parts: Iterable[ScreenPart]) -> Sequence[Assembled]:
    """Return what parts show to the person who asked, section by section; empty sections are left out."""
    shown: dict[ScreenSection | None, list[View]] = {}
    for part in parts:
        if request.may(part.who):
            view = await ask_part(part.show, request, otherwise=View(()))
            shown.setdefault(part.section, []).append(view)
    together = [
        Assembled(
            section,
            tuple(line for view in views for line in view.lines),
            tuple(button for view in views for button in view.buttons),
        )
        for section, views in sorted(shown.items(), key=lambda item: item[0].order if item[0] else -1)
    ]
    return [assembled for assembled in together if assembled.lines or assembled.buttons]


async def next_steps(request: Request, parts: Iterable[ScreenPart]) -> Sequence[NextStep]:
    """Return what the person who asked had better do now, the most pressing first."""
    steps: list[NextStep] = []
    for part in parts:
        if part.next_steps and request.may(part.who):
            steps += await ask_part(part.next_steps, request, otherwise=())
    return sorted(steps, key=lambda step: step.by)
