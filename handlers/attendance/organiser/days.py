"""The screen of a day's attendance: how many people are present, group by group, with buttons to everyone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from bot.content.errors import UserError
from bot.content.texts import Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import FACILITATOR, ORGANISER, Go, Request, Routes
from handlers.attendance import hooks
from handlers.attendance.actions import ATTENDANCE, ShowAttendance
from handlers.attendance.model import ABSENT, PRESENT, UNMARKED, AttendanceDay, Attendee, GroupsOfDay, ListedGroup
from handlers.attendance.organiser.by_group import attend_group, attend_others
from handlers.attendance.organiser.by_name import search_attendees
from handlers.attendance.organiser.by_theme import attend_theme
from handlers.attendance.organiser.layout import day_to_mark, half_day, require_day
from handlers.attendance.organiser.newcomers import add_someone
from handlers.attendance.service import groups_to_mark
from handlers.attendance.store.marks import everyone_who_may_come
from handlers.navigation.actions import BACK, HOME
from handlers.navigation.finding import find_someone
from handlers.navigation.layout import paged

routes = Routes()


@routes.press(ShowAttendance, who=FACILITATOR)
@routes.command(
    "pointage",
    _("Attendance"),
    names={"en": "attendance", "de": "anwesenheit"},
    who=FACILITATOR,
    plain_words=_("attendance, mark attendance"),
    for_others="badge",
    listed=6,
)
async def show_attendance(request: Request) -> Reply:
    """Show the attendance of today or, before the first day with groups, of that first day, with buttons to its groups.

    Facilitators see only the people of the groups that they run; if these groups have several themes, by theme.
    """
    day = await day_to_mark(request)
    if request.participant.organises:
        return await show_groups_of(request, day.toordinal(), 0)
    of_day = await groups_to_mark(request.tx, request.participant, day)
    if not of_day.groups:
        raise UserError(_("You run no group of that day, so there is nobody to mark."), buttons=(HOME,))
    first, *others = _themes(of_day)
    if not others:
        return await attend_theme(request, first, day.toordinal(), 0)
    marks = await require_day(request, day.toordinal())
    return reply(
        Strong(_("Attendance, {date}", date=half_day(marks))),
        *_which_day(marks, of_day, ahead=day > request.today),
        buttons=(*_theme_buttons(of_day, marks), HOME),
    )


@routes.press("gia", who=ORGANISER)
async def show_groups_of(request: Request, ordinal: int, _page: int) -> Reply:
    """Show the attendance of a day, with buttons for its themes and for the organiser's other tasks of the morning.

    `ordinal` is the day's `date.toordinal()`. `_page` is ignored: buttons of earlier versions carry it.
    """
    day = await require_day(request, ordinal)
    of_day = await hooks.groups_on(request.tx, day.date)
    everyone = await everyone_who_may_come(request.tx)
    placed = of_day.placed
    without = sum(person.id not in placed for person in everyone)
    missing = [person_id for person_id in placed if day.latest.get(person_id) is False]
    unplaced = [person_id for person_id in of_day.unplaced if day.latest.get(person_id)]
    to_repair = of_day.groups and (missing or unplaced)
    return reply(
        Strong(_("Attendance, {date}", date=half_day(day))),
        *_which_day(day, of_day, ahead=day.date > request.today),
        *_counts(day, everyone),
        *_to_repair(len(missing), len(unplaced)),
        buttons=(
            *(await hooks.ways_to_a_group(request.tx, day.date) if to_repair else ()),
            *_theme_buttons(of_day, day),
            find_someone(search_attendees.to(ordinal)),
            # L10N: A button. It lists the groups, whose attendance can also be taken one by one.
            *((Button(_("Group by group"), list_groups.to(ordinal, 0)),) if of_day.groups else ()),
            # L10N: A button. It adds a person who arrives and is on no list.
            Button(_("Someone new"), add_someone.to()),
            *((Button(_("Without a group: {count}", count=without), attend_others.to(ordinal, 0)),) if without else ()),
            Button(_("Groups"), Go("groupes")),
            BACK,
        ),
        again=show_groups_of.to(ordinal, 0),
    )


@routes.press("gio", who=ORGANISER)
async def list_groups(request: Request, ordinal: int, page: int) -> Reply:
    """Show the groups of a day with how many of each are present, a page of them at a time.

    `ordinal` is the day's `date.toordinal()`, and `page` counts the pages from 0.
    """
    day = await require_day(request, ordinal)
    of_day = await hooks.groups_on(request.tx, day.date)
    shown, pages = paged(of_day.groups, page, partial(list_groups.to, ordinal))
    return reply(
        Strong(_("Attendance, {date}", date=half_day(day))),
        *_which_day(day, of_day, ahead=day.date > request.today),
        buttons=(
            *(Button(_label(group, day), attend_group.to(group.id, ordinal)) for group in shown),
            *pages,
            ATTENDANCE,
        ),
    )


def _counts(day: AttendanceDay, everyone: Sequence[Attendee]) -> Iterable[Text]:
    """Yield the counts of a day. People who never joined may still come, but are counted apart when not marked."""
    states = Counter((day.state(person.id), person.joined) for person in everyone)
    present, absent = (states[state, True] + states[state, False] for state in (PRESENT, ABSENT))
    yield _(
        "Present: {present} of {everyone}. Absent: {absent}. Not marked: {unmarked}.",
        everyone=len(everyone),
        present=Strong(present),
        absent=absent,
        unmarked=states[UNMARKED, True],
    )
    if states[UNMARKED, False]:
        yield _("Neither joined nor marked: {count}.", count=states[UNMARKED, False])


def _which_day(day: AttendanceDay, of_day: GroupsOfDay, *, ahead: bool) -> Iterable[Span]:
    if ahead:
        yield _("This day is still to come: what you mark now will count then.")
    if of_day.day and of_day.day != day.date:
        yield _("There are no groups that day: these are the groups of {date}.", date=Moment.of_day(of_day.day))
    if not of_day.groups:
        yield _("No groups are formed yet.")


def _to_repair(missing: int, unplaced: int) -> Iterable[Span]:
    if missing:
        yield _n("{count} absent person is in a group.", "{count} absent people are in groups.", missing)
    if unplaced:
        yield _n("{count} present person has no group.", "{count} present people have no group.", unplaced)


def _themes(of_day: GroupsOfDay) -> Mapping[str, Span]:
    return {group.theme_key: group.theme for group in of_day.groups}


def _theme_buttons(of_day: GroupsOfDay, day: AttendanceDay) -> Iterable[Button]:
    for key, theme in _themes(of_day).items():
        yield Button(_theme_label(theme, of_day.of_theme(key), day), attend_theme.to(key, day.ordinal, 0))


def _theme_label(theme: Span, people: Sequence[Attendee], day: AttendanceDay) -> Text:
    ids = [person.id for person in people]
    if len(day.marked(ids, UNMARKED)) == len(ids):
        # L10N: A button of a theme whose attendance is not taken yet.
        return _("{theme}: not taken", theme=theme)
    # L10N: A button of a theme: how many of its people are present.
    return _("{theme}: {present} of {count}", theme=theme, present=len(day.marked(ids, PRESENT)), count=len(ids))


def _label(group: ListedGroup, day: AttendanceDay) -> Text:
    count = len(group.members)
    if count and len(day.marked(group.member_ids, UNMARKED)) == count:
        # L10N: A button of a group whose attendance is not taken yet.
        return _("{theme} {number}: not taken", theme=group.theme, number=group.number)
    present = len(day.marked(group.member_ids, PRESENT))
    # L10N: A button of a group: how many of its members are present.
    return _(
        "{theme} {number}: {present} of {count}", theme=group.theme, number=group.number, present=present, count=count
    )
