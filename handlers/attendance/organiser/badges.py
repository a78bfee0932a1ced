"""What happens when an organiser scans a badge: its owner's attendance is shown, unless the badge may be forged."""

from __future__ import annotations

from bot.content.errors import UserError
from bot.content.texts import _
from bot.content.views import Reply
from bot.conversation.routes import ORGANISER, Request, Routes
from handlers.attendance.actions import ATTENDANCE
from handlers.attendance.organiser.by_name import attend_person, search_attendees
from handlers.attendance.organiser.layout import day_to_mark
from handlers.attendance.store import badges
from handlers.navigation.finding import find_someone

routes = Routes()


@routes.press("gbd", who=ORGANISER, linkable="page")
async def scan_badge(request: Request, person: int, mark: str) -> Reply:
    """Show whether the owner of a badge is marked present or absent today, with buttons to change this.

    `person` is the owner's id, and `mark` the code on the badge. Raises UserError if the code does not belong to this
    id, because the badge is then a forgery.
    """
    if not await badges.is_genuine(request.tx, person, mark):
        raise _worthless(request)
    return await attend_person(request, person, (await day_to_mark(request)).toordinal())


@routes.press("gix", who=ORGANISER, linkable=True)
async def scan_old_badge(request: Request, _person: int) -> Reply:
    """Refuse a badge of an earlier version, which anybody could forge. The reply does not show the owner's mark."""
    raise _worthless(request)


def _worthless(request: Request) -> UserError:
    return UserError(
        _("This is an old badge, which anybody could have made. Ask to see the one in «My badge», or for a name."),
        buttons=(find_someone(search_attendees.to(request.today.toordinal())), ATTENDANCE),
    )
