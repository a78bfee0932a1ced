"""The parts of the home screen and the menu with buttons to facilitators' workshops."""

from __future__ import annotations

from dataclasses import replace

from bot.content.views import Button, View
from bot.conversation.routes import Request
from handlers.groups.service.membership import round_of_the_day
from handlers.workshops.messages import RUN, RUN_TOO
from handlers.workshops.service import facilitators


async def show_role_first(request: Request) -> View:
    """Return the first part of the home screen for facilitators who do not attend: whose workshops they run.

    It has a line and a button to run these workshops. The View is empty for other people.
    """
    person = request.participant
    return View(()) if person.attends or person.status == "withdrawn" else await _role(request, RUN)


async def show_role_too(request: Request) -> View:
    """Return a part of the home screen for facilitators who also attend: whose workshops they run.

    It has a line and a button to run these workshops. Organisers get no button, because their own part of the screen
    has one. The View is empty for other people.
    """
    person = request.participant
    if not person.takes_part:
        return View(())
    role = await _role(request, RUN_TOO)
    return replace(role, buttons=()) if person.organises else role


async def has_groups_to_run(request: Request) -> bool:
    """Return whether published groups exist, so that there are workshops to run."""
    return await round_of_the_day(request.tx, request.today) is not None


async def _role(request: Request, run: Button) -> View:
    person = request.participant
    return View((await facilitators.role_view(request.tx, person.id)).lines, (run,)) if person.facilitates else View(())
