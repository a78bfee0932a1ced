"""The parts of the home screen and the menu that lead facilitators to their workshops."""

from __future__ import annotations

from dataclasses import replace

from bot.content.views import Button, View
from bot.conversation.routes import Request
from handlers.groups.service.membership import round_of_the_day
from handlers.workshops.messages import RUN, RUN_TOO
from handlers.workshops.service import facilitators


async def show_role_first(request: Request) -> View:
    """Return the first part of a facilitator's home screen, for one who does not attend: whose workshops they run."""
    person = request.participant
    return View(()) if person.attends or person.status == "withdrawn" else await _role(request, RUN)


async def show_role_too(request: Request) -> View:
    """Return the part of the home screen of a facilitator who takes part as well: whose workshops they run.

    It has no button for organisers, whose own screen has that button.
    """
    person = request.participant
    if not person.takes_part:
        return View(())
    role = await _role(request, RUN_TOO)
    return replace(role, buttons=()) if person.organises else role


async def has_groups_to_run(request: Request) -> bool:
    """Return whether groups are published, so that there is something to run."""
    return await round_of_the_day(request.tx, request.today) is not None


async def _role(request: Request, run: Button) -> View:
    person = request.participant
    return View((await facilitators.role_view(request.tx, person.id)).lines, (run,)) if person.facilitates else View(())
