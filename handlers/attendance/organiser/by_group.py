"""Screens on which the members of a group, or the people without one, are marked present or absent on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from bot.content.actions import Action
from bot.content.errors import existing, existing_day
from bot.content.names import collation
from bot.content.texts import Span, Strong, _, _n
from bot.content.views import Button, Raw, Reply, reply
from bot.conversation.routes import FACILITATOR, ORGANISER, LookAgain, Request, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.people.naming import called
from handlers.attendance import hooks
from handlers.attendance.actions import ATTENDANCE
from handlers.attendance.model import UNMARKED, AttendanceDay, GroupsOfDay, ListedGroup
from handlers.attendance.organiser.layout import HOW, half_day, mark_button, require_day
from handlers.attendance.service import groups_to_mark
from handlers.attendance.store.marks import attendance_on, everyone_who_may_come, mark_attendance
from handlers.navigation.changes import inverses
from handlers.navigation.layout import paged

routes = Routes()


class MarkOthers(Action, code="gig"):
    """The button that marks all members of a group who have no mark yet as absent or, if `present` is True, as present.

    `seen` is a digest of the members without a mark whom the reader of the button saw.
    """

    group: int
    day: int
    seen: str
    present: bool = False


@routes.press("gib", who=ORGANISER)
async def attend_group(request: Request, group_id: int, ordinal: int, page: int = 0) -> Reply:
    """Show the attendance of the members of a group, with a button for each member that shows and changes the mark.

    `ordinal` is the day's `date.toordinal()`; `page` counts the pages of members from 0.
    """
    day, of_day, group = await _require_group(request, group_id, ordinal)
    ids = [other.id for other in of_day.groups]
    index = ids.index(group.id) + 1
    shown, pages = paged(group.members, page, partial(attend_group.to, group.id, ordinal))
    following = (Button(_("Next group ▶"), attend_group.to(ids[index], ordinal)),) if index < len(ids) else ()
    return reply(
        Strong(_("{group}, {date}", group=group.title, date=half_day(day))),
        HOW if group.members else _("Nobody is in this group."),
        buttons=(
            *_all_at_once(day, group),
            *(mark_button(called(member, "full"), member.id, day, group.id, page) for member in shown),
            *pages,
            *following,
            ATTENDANCE,
        ),
    )


async def _require_group(
    request: Request, group_id: int, ordinal: int
) -> tuple[AttendanceDay, GroupsOfDay, ListedGroup]:
    """Return a day, the groups of the same round as a group, and that group. Raises Stale if the group was deleted."""
    day = await require_day(request, ordinal)
    of_day = await hooks.groups_on(request.tx, day.date, group_id)
    return day, of_day, existing(of_day.find(group_id))


def _all_at_once(day: AttendanceDay, group: ListedGroup) -> Iterable[Button]:
    """Yield the buttons that mark all members who are not marked.

    «absent» is offered only once someone is marked, since a slip would mark a whole group absent.
    """
    rest = day.marked(group.member_ids, UNMARKED)
    if not rest:
        return
    mark = mark_others.seeing(rest)
    if len(rest) == len(group.members):
        yield Button(_("Everyone is here"), mark.to(group.id, day.ordinal, present=True), style="primary")
    else:
        yield Button(_("The others are here"), mark.to(group.id, day.ordinal, present=True))
        yield Button(_("The others are absent"), mark.to(group.id, day.ordinal))


@routes.press("gic", who=ORGANISER)
async def attend_others(request: Request, ordinal: int, page: int) -> Reply:
    """Show the attendance of the people without a group, with a button for each person that shows and changes the mark.

    `ordinal` is the day's `date.toordinal()`; `page` counts the pages of people from 0.
    """
    day = await require_day(request, ordinal)
    placed = (await hooks.groups_on(request.tx, day.date)).placed
    people = [person for person in await everyone_who_may_come(request.tx) if person.id not in placed]
    people.sort(key=lambda person: (collation(person.full_name), person.id))
    shown, pages = paged(people, page, partial(attend_others.to, ordinal))
    return reply(
        Strong(_("Without a group, {date}", date=half_day(day))),
        HOW if people else _("Everyone is in a group."),
        buttons=(
            *(mark_button(called(person, "full"), person.id, day, 0, page + 1) for person in shown),
            *pages,
            ATTENDANCE,
        ),
    )


async def _unmarked_now(request: Request, group_id: int, day_id: int, _present: bool = False) -> StoredVersion:
    day, _of_day, group = await _require_group(request, group_id, day_id)
    return StoredVersion(
        (day.marked(group.member_ids, UNMARKED),),
        LookAgain(
            attend_group.to(group_id, day_id),
            said=_("Attendance has changed in the meantime, so nothing was changed. Here is how it is now."),
        ),
    )


@routes.press(MarkOthers, who=ORGANISER, unless_changed=_unmarked_now)
async def mark_others(request: Request, group_id: int, day_id: int, present: bool = False) -> Reply:
    """Mark all members of a group who have no mark yet as present or, if `present` is False, as absent.

    `day_id` is the day's `date.toordinal()`.
    """
    day, _of_day, group = await _require_group(request, group_id, day_id)
    rest = day.marked(group.member_ids, UNMARKED)
    summary = (
        _n("{group}: {count} person present", "{group}: {count} people present", len(rest), group=group.title)
        if present
        else _n("{group}: {count} person absent", "{group}: {count} people absent", len(rest), group=group.title)
    )
    undo = await mark_rest(request, day, rest, summary, present=present, shown=attend_group.to(group.id, day_id))
    screen = (await attend_group(request, group.id, day_id)).view
    return reply(*screen.lines, buttons=(*screen.buttons, undo), toast=_("Saved."))


async def mark_rest(
    request: Request, day: AttendanceDay, rest: Sequence[int], summary: Span, *, present: bool, shown: Action
) -> Button:
    """Mark people (ids) who had no mark, and return the button that undoes this.

    They are marked present or, if `present` is False, absent.

    `summary` describes the change in the journal, and `shown` opens the screen on which the organiser made it.
    """
    by, iso = request.participant.id, day.date.isoformat()
    await mark_attendance(request.tx, rest, iso, present, by, request.now, afternoon=day.afternoon)
    values = {"people": list(rest), "present": present, "afternoon": day.afternoon, "shown": shown.encode()}
    subject = f"attendance:{shown.encode()}"
    return await record_change(request, subject, summary, restore_marks.to(day.ordinal), values)


@inverses.declare("gir", who=FACILITATOR)
async def restore_marks(request: Request, values: Values, day: int) -> Undone:
    """Undo marking all unmarked people of a group or theme for half a day; marks that were changed since stay.

    `day` is the day's number, `date.toordinal()`. Facilitators undo only marks of people in the groups that they run.
    Raises UserError, and changes nothing, if all marks were changed since.
    """
    iso, afternoon = existing_day(day).isoformat(), values.get("afternoon", False)
    marks = await attendance_on(request.tx, iso, afternoon=afternoon)
    unchanged = [person_id for person_id in values["people"] if marks.get(person_id) == values["present"]]
    if not request.participant.organises:
        theirs = (await groups_to_mark(request.tx, request.participant, existing_day(day))).placed
        unchanged = [person_id for person_id in unchanged if person_id in theirs]
    if not unchanged:
        raise changed_since()
    await mark_attendance(request.tx, unchanged, iso, None, request.participant.id, request.now, afternoon=afternoon)
    back = Raw(values["shown"]) if "shown" in values else attend_group.to(values["group"], day)
    return Undone(
        (_n("{count} person is no longer marked.", "{count} people are no longer marked.", len(unchanged)),),
        (Button(_("Back"), back), ATTENDANCE),
    )
