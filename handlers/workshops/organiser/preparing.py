"""Declares what organisers prepare before workshops: to read and confirm themes and phases, to add facilitators."""

from __future__ import annotations

from bot.content.roles import FACILITATES
from bot.content.texts import Localised, Span, Strong, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Preparation, Request, Routes
from handlers.navigation import people_store
from handlers.navigation.actions import BACK
from handlers.navigation.confirming import confirm, confirmed
from handlers.themes.actions import ShowThemes
from handlers.themes.store import all_themes
from handlers.workshops.actions import ShowFacilitators
from handlers.workshops.messages import phase_title
from handlers.workshops.organiser.phases import PHASES, minutes
from handlers.workshops.store import phases

routes = Routes()

_SUBJECT, _READ = "themes", "1"


@routes.press("wpt", who=ORGANISER)
async def read_themes(request: Request) -> Reply:
    """Show the themes and the phases with their lengths, with a button to confirm that they are right."""
    lines: list[Span] = [Strong(_("Themes"))]
    for theme in await all_themes(request.tx):
        lines.append(Localised(theme.title))
        if theme.description:
            lines.append(Localised(theme.description))
    lines += ["", Strong(_("Phases"))]
    for phase in await phases.all_phases(request.tx):
        lines.append(_("{phase}: {length}", phase=phase_title(phase), length=minutes(phase)))
    right = () if await _themes_confirmed(request) else (themes_are_right.to(),)
    return reply(
        *lines,
        buttons=(
            *(Button(_("That is right"), action, style="primary") for action in right),
            Button(_("Themes"), ShowThemes()),
            PHASES,
            BACK,
        ),
    )


@routes.press("wpty", who=ORGANISER)
async def themes_are_right(request: Request) -> Reply:
    """Store that an organiser has read and confirmed the themes and the phases."""
    return await confirm(request, _SUBJECT, _READ, _("Themes and phases confirmed"))


async def _themes_confirmed(request: Request) -> bool:
    return await confirmed(request, _SUBJECT) == _READ


async def _some_facilitate(request: Request) -> bool:
    return bool(await people_store.holders(request.tx, FACILITATES))


TO_PREPARE = (
    Preparation(40, "themes", _("Themes and phases"), _themes_confirmed, read_themes.to()),
    Preparation(90, "animate", _("Who runs the workshops"), _some_facilitate, ShowFacilitators(0)),
)
