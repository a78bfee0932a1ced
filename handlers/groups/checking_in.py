"""Who is there today, one tap a person, by group or by name.

Everyone has one button, which says how they are marked: a tap is for here, the next for absent, the next for neither.
All of a group are marked here with one tap, and so are the others of it once someone is marked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action
from bot.content.names import collation
from bot.content.texts import Localised, Moment, Name, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.people import participant_store
from handlers.groups import attendance_store
from handlers.groups.actions import GROUPS, AddSomeone, ShowAttendance
from handlers.groups.attendance_days import ABSENT, PRESENT, UNMARKED, Day, the_day
from handlers.groups.layout import a_group, repair_button
from handlers.groups.messages import title
from handlers.groups.model import Group
from handlers.navigation.actions import BACK
from handlers.navigation.layout import mark, page_of, turn
from handlers.themes.model import Theme
from handlers.themes.store import all_themes

routes = Routes()

_LONGEST_NAME = 50
_NEXT = {UNMARKED: PRESENT, PRESENT: ABSENT, ABSENT: UNMARKED}
"""What a tap makes of a mark."""


@dataclass(frozen=True, slots=True)
class ShowGroupsOf(Action):
    """Show the attendance of a day, a page of its groups."""

    code: ClassVar[str] = "gia"
    day: int
    page: int


@dataclass(frozen=True, slots=True)
class AttendGroup(Action):
    """Show who of a group is there on a day, a page of them (from 0)."""

    code: ClassVar[str] = "gib"
    group: int
    day: int
    page: int = 0


@dataclass(frozen=True, slots=True)
class AttendOthers(Action):
    """Show who of those without a group is there on a day, a page of them."""

    code: ClassVar[str] = "gic"
    day: int
    page: int


@dataclass(frozen=True, slots=True)
class FindComer(Action):
    """Open the form that asks who is at the door on a day."""

    code: ClassVar[str] = "gie"
    day: int


@dataclass(frozen=True, slots=True)
class Mark(Action):
    """Mark someone on a day: 0 not at all, 1 absent, 2 present. `was` is how they were shown.

    The screen goes back to a page of a `group`, or (0) of those without one, counted from 1, or (0) to the person.
    """

    code: ClassVar[str] = "gif"
    person: int
    day: int
    was: int
    now: int
    group: int
    page: int


@dataclass(frozen=True, slots=True)
class MarkOthers(Action):
    """Mark present, or else absent, everyone of a group who is not marked. `seen` marks who that was."""

    code: ClassVar[str] = "gig"
    group: int
    day: int
    seen: str
    present: bool = False


# --- a day


@routes.action(ShowAttendance, who=ORGANISER)
async def show_attendance(request: Request, _action: ShowAttendance) -> Reply:
    """Where today stands, and the groups; before the groups first meet, their first day."""
    return await _overview(request, await the_day(request), 0)


@routes.action(ShowGroupsOf, who=ORGANISER)
async def show_groups_of(request: Request, action: ShowGroupsOf) -> Reply:
    """More groups of a day."""
    return await _overview(request, await the_day(request, action.day), action.page)


async def _overview(request: Request, day: Day, page: int) -> Reply:
    titles = {theme.key: Localised(theme.title) for theme in await all_themes(request.tx)}
    at = day.date.toordinal()
    everyone = await attendance_store.comers(request.tx)
    without = [each for each in everyone if each not in day.people or day.people[each].group_id is None]
    return reply(
        Strong(_("Attendance, {date}", date=Moment.of_day(day.date))),
        *_which_day(day),
        *_counts(day, everyone),
        *_to_repair(day),
        buttons=(
            *_repair(day),
            Button(_("By name"), FindComer(at)),
            Button(_("Someone new"), AddSomeone()),
            *(
                Button(_label(group, titles[group.theme], day), AttendGroup(group.id, at))
                for group in page_of(day.groups, page)
            ),
            *turn(lambda page: ShowGroupsOf(at, page), page, len(day.groups)),
            *((Button(_("Without a group: {count}", count=len(without)), AttendOthers(at, 0)),) if without else ()),
            GROUPS,
            BACK,
        ),
    )


def _counts(day: Day, everyone: Mapping[int, bool]) -> Iterable[Text]:
    """Who never joined may still come, but is not counted among those who are waited for."""
    states = Counter((day.state(each), joined) for each, joined in everyone.items())
    present, absent = (states[state, True] + states[state, False] for state in (PRESENT, ABSENT))
    yield _(
        "Present: {present}. Absent: {absent}. Not marked: {unmarked}.",
        present=Strong(present),
        absent=absent,
        unmarked=states[UNMARKED, True],
    )
    if states[UNMARKED, False]:
        yield _("Neither joined nor marked: {count}.", count=states[UNMARKED, False])


def _which_day(day: Day) -> Iterable[Span]:
    if day.ahead:
        yield _("This day is still to come: what you mark now counts then.")
    if day.round and day.round.day != day.date:
        yield _("That is no day of groups: these are the groups of {date}.", date=Moment.of_day(day.round.day))
    if not day.groups:
        yield _("No groups are formed yet.")


def _to_repair(day: Day) -> Iterable[Span]:
    if day.missing:
        yield _n("{count} absent person is in a group.", "{count} absent people are in groups.", day.missing)
    if day.placeless:
        yield _n("{count} present person has no group.", "{count} present people have no group.", day.placeless)


def _repair(day: Day) -> tuple[Button, ...]:
    if day.round is None or not day.groups or not (day.missing or day.placeless):
        return ()
    return (repair_button(day.round.number, day.date),)


def _label(group: Group, theme: Span, day: Day) -> Text:
    members = day.members(group)
    if members and len(day.unmarked(group)) == len(members):
        return _("{theme} {number}: not taken", theme=theme, number=group.number)
    present = sum(day.state(each.id) == PRESENT for each in members)
    return _(
        "{theme} {number}: {present} of {count}", theme=theme, number=group.number, present=present, count=len(members)
    )


# --- a group, those in none, one person


@routes.action(AttendGroup, who=ORGANISER)
async def attend_group(request: Request, action: AttendGroup) -> Reply:
    """The members of a group."""
    group, theme, round_ = await a_group(request, action.group)
    return group_screen(await the_day(request, action.day, round_), group, theme, action.page)


def group_screen(day: Day, group: Group, theme: Theme, page: int = 0) -> Reply:
    """How the members of a group are marked, a button each, a page of them."""
    at = day.date.toordinal()
    members = day.members(group)
    ids = [each.id for each in day.groups]
    place = ids.index(group.id) + 1
    following = (Button(_("Next group ▶"), AttendGroup(ids[place], at)),) if place < len(ids) else ()
    return reply(
        Strong(_("{group}, {date}", group=title(group, theme), date=Moment.of_day(day.date))),
        HOW if members else _("Nobody is in this group."),
        buttons=(
            *_all_at_once(day, group),
            *(
                tap(Name(each.full_name[:_LONGEST_NAME]), each.id, day, group.id, page)
                for each in page_of(members, page)
            ),
            *turn(lambda page: AttendGroup(group.id, at, page), page, len(members)),
            *following,
            Button(_("Attendance"), ShowAttendance()),
        ),
    )


HOW = _("One tap: here. Two: absent. Three: not marked.")


def _all_at_once(day: Day, group: Group) -> Iterable[Button]:
    """That the rest is absent is offered only once someone is marked: a slip would call a whole group absent."""
    at, rest = day.date.toordinal(), day.unmarked(group)
    if not rest:
        return
    if len(rest) == len(day.members(group)):
        yield Button(_("Everyone is here"), MarkOthers(group.id, at, mark(rest), present=True), style="primary")
    else:
        yield Button(_("The others are here"), MarkOthers(group.id, at, mark(rest), present=True))
        yield Button(_("The others are absent"), MarkOthers(group.id, at, mark(rest)))


def state_line(name: Span, state: int) -> Text:
    """How someone is marked, in words."""
    match state:
        case 2:
            return _("{name}: present", name=name)
        case 1:
            return _("{name}: absent", name=name)
        case _:
            return _("{name}: not marked", name=name)


def tap(name: Span, person_id: int, day: Day, group: int, page: int) -> Button:
    """Someone's button: how they are marked, and a tap for the next mark."""
    was = day.state(person_id)
    action = Mark(person_id, day.date.toordinal(), was, _NEXT[was], group, page)
    match was:
        case 2:
            return Button(_("{name}: here ✓", name=name), action, style="primary")
        case 1:
            return Button(_("{name}: absent ✗", name=name), action, style="danger")
        case _:
            return Button(_("{name}: not marked", name=name), action)


def two_taps(person_id: int, day: Day) -> tuple[Button, Button]:
    """One person's two marks, a tap each; a tap on what they are marked takes the mark away."""
    was, at = day.state(person_id), day.date.toordinal()
    here = Mark(person_id, at, was, UNMARKED if was == PRESENT else PRESENT, 0, 0)
    gone = Mark(person_id, at, was, UNMARKED if was == ABSENT else ABSENT, 0, 0)
    return (
        Button(_("Here ✓"), here, style="primary") if was == PRESENT else Button(_("Here"), here),
        Button(_("Absent ✗"), gone, style="danger") if was == ABSENT else Button(_("Absent"), gone),
    )


@routes.action(AttendOthers, who=ORGANISER)
async def attend_others(request: Request, action: AttendOthers) -> Reply:
    """Those who may come and are in no group."""
    return await others_screen(request, await the_day(request, action.day), action.page)


async def others_screen(request: Request, day: Day, page: int) -> Reply:
    """How those are marked who are in no group, a page of them."""
    at = day.date.toordinal()
    found = [await participant_store.find(request.tx, each) for each in await attendance_store.comers(request.tx)]
    people = [each for each in found if each and (each.id not in day.people or day.people[each.id].group_id is None)]
    people.sort(key=lambda each: (collation(each.full_name), each.id))
    return reply(
        Strong(_("Without a group, {date}", date=Moment.of_day(day.date))),
        HOW if people else _("Everyone is in a group."),
        buttons=(
            *(tap(Name(each.full_name[:_LONGEST_NAME]), each.id, day, 0, page + 1) for each in page_of(people, page)),
            *turn(lambda page: AttendOthers(at, page), page, len(people)),
            Button(_("Attendance"), ShowAttendance()),
        ),
    )
