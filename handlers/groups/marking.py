"""Marking people present or absent; what another organiser marked meanwhile stays, and is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from bot.content.actions import Action
from bot.content.errors import Stale
from bot.content.names import display_name
from bot.content.texts import Name, Span, _, _n
from bot.content.views import Button, Reply, reply, with_lines_first
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, note
from bot.people.participants import Participant
from handlers.groups import attendance_store
from handlers.groups.actions import ShowAttendance
from handlers.groups.attendance_days import ABSENT, PRESENT, UNMARKED, Day, the_day
from handlers.groups.attending import comer, person_screen
from handlers.groups.checking_in import (
    AttendGroup,
    Mark,
    MarkOthers,
    group_screen,
    others_screen,
    state_line,
)
from handlers.groups.layout import a_group
from handlers.groups.messages import title
from handlers.navigation.changes import inverses
from handlers.navigation.layout import mark

routes = Routes()


@dataclass(frozen=True, slots=True)
class RestoreMarks(Action):
    """The inverse: people not marked on a day."""

    code: ClassVar[str] = "gir"
    day: int


@routes.action(Mark, who=ORGANISER)
async def mark_one(request: Request, action: Mark) -> Reply:
    """Mark someone, unless another organiser marked them otherwise meanwhile: then it is shown, and stays."""
    person = await comer(request, action.person)
    day = await the_day(request, action.day)
    if action.now not in (UNMARKED, ABSENT, PRESENT) or person.status not in ("invited", "joined"):
        raise Stale
    state, name = day.state(person.id), Name(person.full_name)
    if state not in (action.was, action.now):
        why = await _who_marked(request, person, day)
        return with_lines_first(await _again(request, day, person, action), why, "")
    toast: Span = _("Already done.")
    if state != action.now:
        present = None if action.now == UNMARKED else action.now == PRESENT
        await attendance_store.put(request.tx, person.id, day.iso, present, request.participant.id, request.now)
        day, toast = await the_day(request, action.day), state_line(name, action.now)
    shown = await _again(request, day, person, action)
    return Reply(shown.view, toast)


async def _again(request: Request, day: Day, person: Participant, action: Mark) -> Reply:
    """The screen a mark was made on."""
    if action.group:
        group, theme, round_ = await a_group(request, action.group)
        return group_screen(await the_day(request, action.day, round_), group, theme, action.page)
    if action.page:
        return await others_screen(request, day, action.page - 1)
    return await person_screen(request, day, person)


async def _who_marked(request: Request, person: Participant, day: Day) -> Span:
    marked = await attendance_store.of(request.tx, person.id, day.iso)
    name = Name(person.full_name)
    if marked is None:
        return _("{name}'s mark was taken away meanwhile, so nothing was changed.", name=name)
    author = Name(display_name(marked.by_given_name, marked.by_family_name))
    if marked.present:
        return _("{author} marked {name} present meanwhile, so nothing was changed.", author=author, name=name)
    return _("{author} marked {name} absent meanwhile, so nothing was changed.", author=author, name=name)


@routes.action(MarkOthers, who=ORGANISER)
async def mark_others(request: Request, action: MarkOthers) -> Reply:
    """Mark the rest of a group, if it still is the rest that was shown."""
    group, theme, round_ = await a_group(request, action.group)
    day = await the_day(request, action.day, round_)
    rest = day.unmarked(group)
    if mark(rest) != action.seen:
        why = _("Someone was marked meanwhile, so nothing was changed. This is how it is now.")
        return with_lines_first(group_screen(day, group, theme), why, "")
    for each in rest:
        await attendance_store.put(request.tx, each, day.iso, action.present, request.participant.id, request.now)
    where = title(group, theme)
    said = (
        _n("{group}: {count} person present", "{group}: {count} people present", len(rest), group=where)
        if action.present
        else _n("{group}: {count} person absent", "{group}: {count} people absent", len(rest), group=where)
    )
    at = day.date.toordinal()
    values = {"people": rest, "present": action.present, "group": group.id}
    undo = await note(request, f"attendance:{group.id}:{at}", said, RestoreMarks(at), values)
    shown = group_screen(await the_day(request, action.day, round_), group, theme).view
    return reply(*shown.lines, buttons=(*shown.buttons, undo), toast=_("Saved."))


@inverses.declare(RestoreMarks)
async def restore_marks(request: Request, action: RestoreMarks, values: Values) -> Undone:
    """Take the marks of those away who still have them; who was marked otherwise since stays so."""
    iso = date.fromordinal(action.day).isoformat()
    marks = await attendance_store.on(request.tx, iso)
    still = [each for each in values["people"] if marks.get(each) == values["present"]]
    if not still:
        raise changed_since()
    for each in still:
        await attendance_store.put(request.tx, each, iso, None, request.participant.id, request.now)
    return Undone(
        (_n("{count} person is not marked any more.", "{count} people are not marked any more.", len(still)),),
        (
            Button(_("Back"), AttendGroup(values["group"], action.day)),
            Button(_("Attendance"), ShowAttendance()),
        ),
    )
