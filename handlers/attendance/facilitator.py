"""What facilitators have of attendance on their home screen."""

from __future__ import annotations

from bot.content.views import View
from bot.conversation.routes import Request
from handlers.attendance import hooks
from handlers.attendance.actions import ATTENDANCE
from handlers.attendance.service import meets_on


async def offer_attendance(request: Request) -> View:
    """Return the home screen's button to attendance, on the day of the groups that a facilitator runs.

    It stays all day, since people come late. Organisers, whose own screen leads there, get none.
    """
    person, today = request.participant, request.today
    if person.organises or person.id not in await hooks.run_on(request.tx, today):
        return View(())
    return View((), (ATTENDANCE,) if await meets_on(request.tx, today) else ())
