"""Who is there today: one tap a person, by group or by name. A second tap takes the first back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action
from bot.domain.groups import Group
from bot.domain.themes import Theme
from bot.group_cards import title
from bot.routes import ORGANISER, Request, Routes
from bot.storage import attendance, participants, themes
from bot.texts import Localised, Name, Span, Strong, Text, _, _n
from bot.views import Button, Reply, reply
from handlers.organising.attendance_days import ABSENT, PRESENT, UNMARKED, Day, the_day
from handlers.organising.group_links import GROUPS
from handlers.organising.layout import BACK, mark
from handlers.organising.layout_groups import (
    AddSomeone,
    AskRepair,
    ShowAttendance,
    a_group,
    in_words,
)

routes = Routes()

_GROUPS_A_PAGE = 14  # with all else that can be pressed, what one message of Discord holds
PEOPLE_A_PAGE = 8  # two buttons each
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class ShowGroupsOf(Action):
    """Show the attendance of a day, a page of its groups."""

    code: ClassVar[str] = "gia"
    day: int
    page: int


@dataclass(frozen=True, slots=True)
class AttendGroup(Action):
    """Show who of a group is there on a day."""

    code: ClassVar[str] = "gib"
    group: int
    day: int


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

    The screen goes back to a `group`, or (0) to a page of those without one, counted from 1, or (0) to the person.
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
    """Mark absent everyone of a group who is not marked. `seen` marks who that was."""

    code: ClassVar[str] = "gig"
    group: int
    day: int
    seen: str


# --- a day


@routes.action(ShowAttendance, who=ORGANISER)
async def show_attendance(request: Request, _action: ShowAttendance) -> Reply:
    """Where today stands, and the groups."""
    return await _overview(request, await the_day(request), 0)


@routes.action(ShowGroupsOf, who=ORGANISER)
async def show_groups_of(request: Request, action: ShowGroupsOf) -> Reply:
    """More groups of a day."""
    return await _overview(request, await the_day(request, action.day), action.page)


async def _overview(request: Request, day: Day, page: int) -> Reply:
    titles = {theme.key: Localised(theme.title) for theme in await themes.all_themes(request.tx)}
    at = day.date.toordinal()
    everyone = await attendance.comers(request.tx)
    shown = day.groups[page * _GROUPS_A_PAGE : (page + 1) * _GROUPS_A_PAGE]
    without = [each for each in everyone if each not in day.people or day.people[each].group_id is None]
    more = (page + 1) * _GROUPS_A_PAGE < len(day.groups)
    return reply(
        Strong(_("Attendance, {date}", date=in_words(day.date))),
        _counts(day, everyone),
        *_another_day(day),
        *_to_repair(day),
        buttons=(
            *_repair(day),
            Button(_("By name"), FindComer(at)),
            Button(_("Someone new"), AddSomeone()),
            *(Button(_label(group, titles[group.theme], day), AttendGroup(group.id, at)) for group in shown),
            *((Button(_("◀ Previous"), ShowGroupsOf(at, page - 1)),) if page else ()),
            *((Button(_("Next ▶"), ShowGroupsOf(at, page + 1)),) if more else ()),
            *((Button(_("Without a group: {count}", count=len(without)), AttendOthers(at, 0)),) if without else ()),
            GROUPS,
            BACK,
        ),
    )


def _counts(day: Day, everyone: Iterable[int]) -> Text:
    states = [day.state(each) for each in everyone]
    present, absent, unmarked = (states.count(state) for state in (PRESENT, ABSENT, UNMARKED))
    return _(
        "Present: {present}. Absent: {absent}. Not marked: {unmarked}.",
        present=Strong(present),
        absent=absent,
        unmarked=unmarked,
    )


def _another_day(day: Day) -> tuple[Span, ...]:
    if day.round is None or day.round.day == day.date:
        return ()
    return (_("That is no day of groups: these are the groups of {date}.", date=in_words(day.round.day)),)


def _to_repair(day: Day) -> Iterable[Span]:
    if day.missing:
        yield _n("{count} absent person is in a group.", "{count} absent people are in groups.", day.missing)
    if day.placeless:
        yield _n("{count} present person has no group.", "{count} present people have no group.", day.placeless)


def _repair(day: Day) -> tuple[Button, ...]:
    if day.round is None or not (day.missing or day.placeless):
        return ()
    return (Button(_("Repair the groups"), AskRepair(day.round.number, day.date.toordinal()), style="primary"),)


def _label(group: Group, theme: Span, day: Day) -> Text:
    members = day.members(group)
    present = sum(day.state(each.id) == PRESENT for each in members)
    return _(
        "{theme} {number}: {present} of {count}", theme=theme, number=group.number, present=present, count=len(members)
    )


# --- a group, those in none, one person


@routes.action(AttendGroup, who=ORGANISER)
async def attend_group(request: Request, action: AttendGroup) -> Reply:
    """The members of a group."""
    group, theme, _round = await a_group(request, action.group)
    return group_screen(await the_day(request, action.day), group, theme)


def group_screen(day: Day, group: Group, theme: Theme) -> Reply:
    """How the members of a group are marked, two buttons each."""
    at = day.date.toordinal()
    members = day.members(group)
    unmarked = [each.id for each in members if day.state(each.id) == UNMARKED]
    others = (Button(_("The others are absent"), MarkOthers(group.id, at, mark(unmarked))),) if unmarked else ()
    ids = [each.id for each in day.groups]
    place = ids.index(group.id) + 1 if group.id in ids else len(ids)
    following = (Button(_("Next group ▶"), AttendGroup(ids[place], at)),) if place < len(ids) else ()
    return reply(
        Strong(_("{group}, {date}", group=title(group, theme), date=in_words(day.date))),
        *(state_line(Name(each.full_name), day.state(each.id)) for each in members),
        *(() if members else (_("Nobody is in this group."),)),
        buttons=(
            *(button for each in members for button in two_buttons(each.id, each.full_name, day, group.id, 0)),
            *others,
            *following,
            Button(_("Attendance"), ShowAttendance()),
        ),
    )


def state_line(name: Span, state: int) -> Text:
    """How someone is marked, in words."""
    match state:
        case 2:
            return _("{name}: present", name=name)
        case 1:
            return _("{name}: absent", name=name)
        case _:
            return _("{name}: not marked", name=name)


def two_buttons(person_id: int, full_name: str, day: Day, group: int, page: int) -> tuple[Button, Button]:
    """One tap each: here, or absent; a tap on what someone is marked takes the mark away."""
    was, at, name = day.state(person_id), day.date.toordinal(), Name(full_name[:LONGEST_NAME])
    here = Mark(person_id, at, was, UNMARKED if was == PRESENT else PRESENT, group, page)
    gone = Mark(person_id, at, was, UNMARKED if was == ABSENT else ABSENT, group, page)
    return (
        Button(_("{name}: here ✓", name=name), here, style="primary")
        if was == PRESENT
        else Button(_("{name}: here", name=name), here),
        Button(_("{name}: absent ✗", name=name), gone, style="danger")
        if was == ABSENT
        else Button(_("{name}: absent", name=name), gone),
    )


@routes.action(AttendOthers, who=ORGANISER)
async def attend_others(request: Request, action: AttendOthers) -> Reply:
    """Those who may come and are in no group."""
    return await others_screen(request, await the_day(request, action.day), action.page)


async def others_screen(request: Request, day: Day, page: int) -> Reply:
    """How those are marked who are in no group, a page of them."""
    at = day.date.toordinal()
    found = [await participants.find(request.tx, each) for each in await attendance.comers(request.tx)]
    people = [each for each in found if each and (each.id not in day.people or day.people[each.id].group_id is None)]
    people.sort(key=lambda each: (each.full_name.casefold(), each.id))
    shown = people[page * PEOPLE_A_PAGE : (page + 1) * PEOPLE_A_PAGE]
    return reply(
        Strong(_("Without a group, {date}", date=in_words(day.date))),
        *(state_line(Name(each.full_name), day.state(each.id)) for each in shown),
        *(() if people else (_("Everyone is in a group."),)),
        buttons=(
            *(button for each in shown for button in two_buttons(each.id, each.full_name, day, 0, page + 1)),
            *((Button(_("◀ Previous"), AttendOthers(at, page - 1)),) if page else ()),
            *((Button(_("Next ▶"), AttendOthers(at, page + 1)),) if (page + 1) * PEOPLE_A_PAGE < len(people) else ()),
            Button(_("Attendance"), ShowAttendance()),
        ),
    )
