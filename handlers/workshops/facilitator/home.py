"""Who runs workshops reads so on the screens that capabilities share, and finds the way to them."""

from __future__ import annotations

from dataclasses import replace

from bot.content.views import Button, View
from bot.conversation.routes import Request
from handlers.groups.service.membership import round_of_the_day
from handlers.workshops.messages import RUN, RUN_TOO
from handlers.workshops.service import facilitators


async def show_role_first(request: Request) -> View:
    """Whose workshops someone runs who does not take part, as the first thing on their own screen."""
    person = request.participant
    return View(()) if person.attends or person.status == "withdrawn" else await _role(request, RUN)


async def show_role_too(request: Request) -> View:
    """Whose workshops someone runs who takes part as well; organisers find the way to them on their own screen."""
    person = request.participant
    if not person.takes_part:
        return View(())
    role = await _role(request, RUN_TOO)
    return replace(role, buttons=()) if person.organises else role


async def has_groups_to_run(request: Request) -> bool:
    """Whether groups are published: before, there is nothing to run, and a panel would be empty."""
    return await round_of_the_day(request.tx, request.today) is not None


async def _role(request: Request, run: Button) -> View:
    person = request.participant
    return View((await facilitators.role_view(request.tx, person.id)).lines, (run,)) if person.facilitates else View(())
