"""What happens when an organiser presses a button that marks one person on a day, or removes the mark."""

from __future__ import annotations

from bot.content.errors import Stale, existing_day
from bot.content.texts import SOMEONE, Span, _
from bot.content.views import Reply, with_lines_first
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.people.naming import called
from handlers.attendance.actions import MarkAttendance
from handlers.attendance.model import ABSENT, PRESENT, UNMARKED, as_mark
from handlers.attendance.organiser.by_group import attend_group, attend_others
from handlers.attendance.organiser.by_name import attend_person
from handlers.attendance.organiser.layout import is_afternoon, marked_at, require_attendee, state_line
from handlers.attendance.store.marks import AttendanceMark, halves_of, mark_attendance

routes = Routes()


@routes.press(MarkAttendance, who=ORGANISER)
async def mark_one(request: Request, person_id: int, ordinal: int, was: int, now: int, group: int, page: int) -> Reply:
    """Set a person's mark to `now`: not marked, absent or present (0, 1, 2).

    `was` is the mark that the organiser saw. If another organiser changed the mark meanwhile, nothing is saved and the
    present mark is shown. `ordinal` is the day's `date.toordinal()`. `group` and `page` tell which screen is shown
    afterwards (see `MarkAttendance`). Raises Stale if the person cannot be marked.
    """
    person = await require_attendee(request, person_id)
    day = existing_day(ordinal)
    afternoon = await is_afternoon(request, day, request.done_at)
    if now not in (UNMARKED, ABSENT, PRESENT) or person.status not in ("invited", "joined"):
        raise Stale
    marks, name = await halves_of(request.tx, person.id, day.isoformat()), called(person, "full")
    mark = marks.get(afternoon)
    state = as_mark(mark.present if mark else None)
    if state not in (was, now):
        shown = await _again(request, person.id, ordinal, group, page)
        return with_lines_first(shown, _marked_meanwhile(name, mark), "")
    toast: Span = _("Already done.")
    if state != now:
        present = None if now == UNMARKED else now == PRESENT
        by, iso, at = request.participant.id, day.isoformat(), marked_at(request, day)
        await mark_attendance(request.tx, [person.id], iso, present, by, at, afternoon=afternoon)
        toast = state_line(name, now)
    return Reply((await _again(request, person.id, ordinal, group, page)).view, toast)


async def _again(request: Request, person_id: int, ordinal: int, group: int, page: int) -> Reply:
    """Return the screen on which a mark was made, as `MarkAttendance` carries it."""
    if group:
        return await attend_group(request, group, ordinal, page)
    if page:
        return await attend_others(request, ordinal, page - 1)
    return await attend_person(request, person_id, ordinal)


def _marked_meanwhile(name: Span, mark: AttendanceMark | None) -> Span:
    """Return the line that tells how another organiser marked the person `name`; None if they took the mark away."""
    if mark is None:
        return _("{name}'s attendance was cleared in the meantime, so nothing was changed.", name=name)
    author = mark.by or SOMEONE
    if mark.present:
        return _(
            "{author} has marked {name} present in the meantime, so nothing was changed.", author=author, name=name
        )
    return _("{author} has marked {name} absent in the meantime, so nothing was changed.", author=author, name=name)
