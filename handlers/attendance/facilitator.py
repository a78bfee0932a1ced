"""The part of a facilitator's home screen that attendance adds."""

from __future__ import annotations

from bot.content.views import View
from bot.conversation.routes import Request
from handlers.attendance import hooks
from handlers.attendance.actions import ATTENDANCE
from handlers.attendance.service import meets_on


async def offer_attendance(request: Request) -> View:
    """Return the button to attendance for a facilitator's home screen, for the day of the groups that they run.

    The button stays all day, because people come late. Organisers get none, because their own screen has one.
    """
    person, today = request.participant, request.today
    if person.organises or person.id not in await hooks.run_on(request.tx, today):
        return View(())
    return View((), (ATTENDANCE,) if await meets_on(request.tx, today) else ())
