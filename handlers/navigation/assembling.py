"""Builds screens from parts that several capabilities contribute, such as the home screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.content.actions import Action
from bot.content.texts import Joined, Span, Strong
from bot.content.views import Button, View
from bot.conversation.parts import ask_part
from bot.conversation.routes import NextStep, Request, ScreenPart, ScreenSection

_MOST_IN_SIGHT = 2
"""A section with more buttons than this has a screen of its own; so many fit into one row on a phone."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """One section of a screen to which several capabilities add parts, with the lines and buttons of these parts.

    `section` is None for the parts that belong to no section.
    """

    section: ScreenSection | None
    lines: tuple[Span, ...]
    buttons: tuple[Button, ...]

    @property
    def summary(self) -> Span:
        """Return the section's heading and lines as one line."""
        words = [word for line in self.lines for word in (" ", line)][1:]
        return Joined((Strong(self.section.heading), " · ", *words)) if self.section else Joined(tuple(words))

    def in_sight(self, opens: Action) -> tuple[Button, ...]:
        """Return the section's buttons or, if there are more than two, one button that opens the section's own screen.

        `opens` is the action of that one button.
        """
        if self.section is None or len(self.buttons) <= _MOST_IN_SIGHT:
            return self.buttons
        return (Button(self.section.heading, opens, stays="at first" if self.section.stays else ""),)


async def assemble(request: Request, parts: Sequence[ScreenPart]) -> View:
    """Return a shared screen for the person: the lines of all parts under their sections' headings, and all buttons."""
    sections = await assemble_sections(request, parts)
    lines: list[Span] = []
    for shown in sections:
        if shown.section and shown.lines:
            lines.append(Strong(shown.section.heading))
        lines += shown.lines
    return View(tuple(lines), tuple(button for shown in sections for button in shown.buttons))


async def assemble_sections(request: Request, parts: Iterable[ScreenPart]) -> Sequence[Assembled]:
    """Return the sections of a shared screen that contain something for the person, in the order of the screen."""
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
    """Return the next steps that `parts` of a screen propose to the person, the most urgent one first."""
    steps: list[NextStep] = []
    for part in parts:
        if part.next_steps and request.may(part.who):
            steps += await ask_part(part.next_steps, request, otherwise=())
    return sorted(steps, key=lambda step: step.by)
