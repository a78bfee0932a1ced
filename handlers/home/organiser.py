"""The organisers' screen: what to do next, where the gathering stands, and the way to everything they do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale, UserError
from bot.content.texts import Span, Strong, _
from bot.content.views import Reply, View, reply
from bot.conversation.routes import ANYONE, ORGANISER, Request, Routes
from handlers.navigation.actions import BACK
from handlers.navigation.assembling import assemble, assemble_sections, next_steps

routes = Routes()

_MOST_STEPS = 3
"""Steps that the screen leads with: the next one, and what comes after it."""


@dataclass(frozen=True, slots=True)
class OpenSection(Action):
    """See a section of the organisers' screen as a screen of its own."""

    code: ClassVar[str] = "ho"
    section: str


@routes.command(
    "organiser",
    _("For the organisers"),
    names={"en": "organise", "de": "organisieren"},
    who=ANYONE,
    said=_("organise, organize"),
)
async def organise(request: Request) -> Reply:
    """The next step, then a line and the way for each section.

    Whoever does not organise reads so, with the way to become an organiser.
    """
    parts = request.shared.organiser_home
    if not request.may(ORGANISER):
        view = await assemble(request, parts)
        raise UserError(
            _("This is for the organisers. A question? Write to the team with /equipe."), buttons=view.buttons
        )
    steps = (await next_steps(request, parts))[:_MOST_STEPS]
    sections = await assemble_sections(request, parts)
    lines: list[Span] = [Strong(steps[0].line)] if steps else [_("Nothing waits to be done.")]
    lines += [_("Then: {step}", step=step.line) for step in steps[1:]]
    lines += ["", *(section.summary for section in sections if section.lines)]
    buttons = [replace(step.button, style="plain" if rank else "primary") for rank, step in enumerate(steps)]
    leads = {step.button.action for step in steps}
    for section in sections:
        ways = section.in_sight(OpenSection(section.section.name if section.section else ""))
        buttons += [button for button in ways if button.action not in leads]
    return reply(*lines, buttons=tuple(buttons), who=ORGANISER)


@routes.action(OpenSection, who=ORGANISER)
async def open_section(request: Request, action: OpenSection) -> Reply:
    """All lines and buttons of one section."""
    parts = request.shared.organiser_home
    named = [part for part in parts if part.section and part.section.name == action.section]
    for shown in await assemble_sections(request, named):
        if shown.section:
            return reply(Strong(shown.section.heading), *shown.lines, buttons=(*shown.buttons, BACK))
    raise Stale


async def say_it_is_over(request: Request) -> View:
    """That the gathering is over, once its last day is."""
    return View((_("The gathering is over."),) if request.today > request.settings.gathering.ends else ())
