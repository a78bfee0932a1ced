"""Screens that find people by name, and show how each is marked and what they lack to be in a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from bot.content.names import clean
from bot.content.texts import SOMEONE, Moment, Span, Strong, Text, _
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.people import participant_store
from bot.people.naming import called, called_with_ref
from bot.people.participants import Participant
from handlers.attendance import hooks
from handlers.attendance.actions import ATTENDANCE, AttendPerson
from handlers.attendance.organiser.by_group import attend_group
from handlers.attendance.organiser.layout import (
    HOW,
    half_day,
    mark_button,
    present_and_absent_buttons,
    require_attendee,
    require_day,
    state_line,
)
from handlers.attendance.organiser.newcomers import add_someone
from handlers.attendance.store.marks import AttendanceMark, halves_of
from handlers.navigation import people_store
from handlers.navigation.finding import FindForm, find_someone
from handlers.navigation.layout import PER_PAGE, OpenPerson
from handlers.themes.actions import ShowThemesToGive

routes = Routes()


@routes.form("gie", FindForm, who=ORGANISER)
async def search_attendees(request: Request, form: FindForm, ordinal: int) -> Reply:
    """Show the people whose names match, with a button for each to mark them present or absent.

    If only one person matches, the person's own screen is shown; if nobody matches, the reply says so. People who said
    that they are not coming are found too. `ordinal` is the day's `date.toordinal()`.
    """
    day, wanted = await require_day(request, ordinal), clean(form.name)
    people: list[Participant] = []
    for match in await request.preload(("search", wanted), partial(people_store.search, query=wanted)):
        person = await participant_store.find(request.tx, match.id)
        if person and person.attends:
            people.append(person)
        if len(people) == PER_PAGE:
            break
    again = (
        find_someone(search_attendees.to(ordinal), again=True),
        Button(_("Someone new"), add_someone.to()),
        ATTENDANCE,
    )
    if not people:
        return reply(_("Nobody on the list has that name."), buttons=again)
    if len(people) == 1:
        return await attend_person(request, people[0].id, ordinal)
    lines: list[Span] = []
    buttons: list[Button] = []
    for person in people:
        if person.status in ("invited", "joined"):
            buttons.append(mark_button(called_with_ref(person), person.id, day, 0, 0))
        else:
            lines.append(_("{name} was not expected.", name=called_with_ref(person)))
            buttons.append(Button(called_with_ref(person), OpenPerson(person.id)))
    return reply(HOW, *lines, buttons=(*buttons, *again))


@routes.press(AttendPerson, who=ORGANISER)
async def attend_person(request: Request, person_id: int, ordinal: int) -> Reply:
    """Show one person's mark on a day and the person's group, with buttons to mark them present or absent.

    `ordinal` is the day's `date.toordinal()`. For a person without a group, the screen says why there is none, with
    buttons to change this. A person who was not expected cannot be marked: the screen says so.
    """
    day, person = await require_day(request, ordinal), await require_attendee(request, person_id)
    ways = (
        find_someone(search_attendees.to(ordinal), again=True),
        Button(_("See their profile"), OpenPerson(person.id)),
        ATTENDANCE,
    )
    if person.status not in ("invited", "joined"):
        line = _("{name} was not expected: invite them again from their profile.", name=Strong(called_with_ref(person)))
        return reply(line, buttons=ways)
    of_day = await hooks.groups_on(request.tx, day.date)
    group = of_day.group_of(person.id)
    lines: list[Span] = [
        Strong(state_line(called(person, "full"), day.state(person.id))),
        _("On {date}.", date=half_day(day)),
        *_who_marked(await halves_of(request.tx, person.id, day.date.isoformat())),
    ]
    more: tuple[Button, ...] = ()
    if group:
        lines.append(_("Group: {group}", group=group.title))
        more = (Button(_("Their group"), attend_group.to(group.id, ordinal)),)
    elif person.id not in of_day.unplaced:
        lines.append(_("They have no theme yet: give them one."))
        more = (Button(_("Theme"), ShowThemesToGive(person.id)),)
    elif of_day.groups:
        lines.append(_("They have no group yet: put them in one, or adjust the groups."))
        more = await hooks.ways_to_a_group(request.tx, day.date, person.id)
    else:
        lines.append(_("No groups are formed yet."))
    return reply(*lines, buttons=(*present_and_absent_buttons(person.id, day), *more, *ways))


def _who_marked(marks: Mapping[bool, AttendanceMark]) -> Iterable[Text]:
    """Yield a line for each half of a day for which a person is marked: how, by whom and when."""
    for afternoon, mark in marks.items():
        values: Mapping[str, Span] = {"name": mark.by or SOMEONE, "time": Moment(mark.at, "time")}
        match afternoon, mark.present:
            case True, True:
                yield _("Afternoon: present (noted by {name}, {time})", **values)
            case True, False:
                yield _("Afternoon: absent (noted by {name}, {time})", **values)
            case False, True:
                yield _("Morning: present (noted by {name}, {time})", **values)
            case _:
                yield _("Morning: absent (noted by {name}, {time})", **values)
