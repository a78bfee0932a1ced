"""Who is there today: one tap a person, by group or by name. A second tap takes the first back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from bot.actions import Action
from bot.domain.groups import Group, Member, Round
from bot.domain.names import clean, display_name
from bot.domain.participants import Participant
from bot.domain.themes import Theme
from bot.errors import Stale
from bot.forms import Form, text
from bot.group_cards import title
from bot.routes import ORGANISER, Request, Routes
from bot.storage import attendance, groups, overview, participants, themes
from bot.texts import Localised, Name, Span, Strong, Text, _, _n
from bot.undo import Values, changed_since, note
from bot.views import Button, Reply, reply, with_lines_first
from handlers.organising.changes import inverses
from handlers.organising.group_links import GROUPS
from handlers.organising.layout import BACK, OpenPerson, mark
from handlers.organising.layout_groups import (
    AddSomeone,
    AskRepair,
    AttendPerson,
    OpenMember,
    ShowAttendance,
    a_group,
    in_words,
    round_due,
    today,
)
from handlers.organising.placing import ShowPlaces

routes = Routes()

_GROUPS_A_PAGE = 14  # with all else that can be pressed, what one message of Discord holds
_PEOPLE_A_PAGE = 8  # two buttons each
_LONGEST_NAME = 40
_UNMARKED, _ABSENT, _PRESENT = range(3)


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


@dataclass(frozen=True, slots=True)
class RestoreMarks(Action):
    """The inverse: people not marked on a day."""

    code: ClassVar[str] = "gir"
    day: int


@dataclass(frozen=True, slots=True)
class ComerForm(Form):
    """A name, or the beginning of its words."""

    title: ClassVar[Text] = _("Who is here?")
    name: str = text(
        _("Name"), max_length=100, hint=_("First or family name, or how they begin; accents do not matter.")
    )


@dataclass(frozen=True, slots=True)
class _Day:
    """A day's attendance: who is marked how, and the people and groups of the round that is due."""

    date: date
    marks: Mapping[int, bool]
    round: Round | None
    people: Mapping[int, Member]
    groups: Sequence[Group]

    @property
    def iso(self) -> str:
        return self.date.isoformat()

    def state(self, person_id: int) -> int:
        """How someone is marked, as in `Mark`."""
        return _UNMARKED if person_id not in self.marks else _PRESENT if self.marks[person_id] else _ABSENT

    def members(self, group: Group) -> Sequence[Member]:
        return groups.by_name(each for each in self.people.values() if each.group_id == group.id)

    @property
    def missing(self) -> int:
        """How many in a group are marked absent."""
        return sum(each.group_id is not None and self.state(each.id) == _ABSENT for each in self.people.values())

    @property
    def placeless(self) -> int:
        """How many with a theme are here and in no group."""
        return sum(each.group_id is None and self.state(each.id) == _PRESENT for each in self.people.values())


async def _day(request: Request, ordinal: int | None = None) -> _Day:
    try:
        wanted = date.fromordinal(ordinal) if ordinal is not None else today(request)
    except (ValueError, OverflowError):
        raise Stale from None
    round_ = await round_due(request)
    people = await groups.people(request.tx, round_.number) if round_ else ()
    return _Day(
        wanted,
        await attendance.on(request.tx, wanted.isoformat()),
        round_,
        {each.id: each for each in people},
        await groups.of_round(request.tx, round_.number) if round_ else (),
    )


# --- a day


@routes.action(ShowAttendance, who=ORGANISER)
async def show_attendance(request: Request, _action: ShowAttendance) -> Reply:
    """Where today stands, and the groups."""
    return await _overview(request, await _day(request), 0)


@routes.action(ShowGroupsOf, who=ORGANISER)
async def show_groups_of(request: Request, action: ShowGroupsOf) -> Reply:
    """More groups of a day."""
    return await _overview(request, await _day(request, action.day), action.page)


async def _overview(request: Request, day: _Day, page: int) -> Reply:
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


def _counts(day: _Day, everyone: Iterable[int]) -> Text:
    states = [day.state(each) for each in everyone]
    present, absent, unmarked = (states.count(state) for state in (_PRESENT, _ABSENT, _UNMARKED))
    return _(
        "Present: {present}. Absent: {absent}. Not marked: {unmarked}.",
        present=Strong(present),
        absent=absent,
        unmarked=unmarked,
    )


def _another_day(day: _Day) -> tuple[Span, ...]:
    if day.round is None or day.round.day == day.date:
        return ()
    return (_("That is no day of groups: these are the groups of {date}.", date=in_words(day.round.day)),)


def _to_repair(day: _Day) -> Iterable[Span]:
    if day.missing:
        yield _n("{count} absent person is in a group.", "{count} absent people are in groups.", day.missing)
    if day.placeless:
        yield _n("{count} present person has no group.", "{count} present people have no group.", day.placeless)


def _repair(day: _Day) -> tuple[Button, ...]:
    if day.round is None or not (day.missing or day.placeless):
        return ()
    return (Button(_("Repair the groups"), AskRepair(day.round.number, day.date.toordinal()), style="primary"),)


def _label(group: Group, theme: Span, day: _Day) -> Text:
    members = day.members(group)
    present = sum(day.state(each.id) == _PRESENT for each in members)
    return _(
        "{theme} {number}: {present} of {count}", theme=theme, number=group.number, present=present, count=len(members)
    )


# --- a group, those in none, one person


@routes.action(AttendGroup, who=ORGANISER)
async def attend_group(request: Request, action: AttendGroup) -> Reply:
    """The members of a group."""
    group, theme, _round = await a_group(request, action.group)
    return _group_screen(await _day(request, action.day), group, theme)


def _group_screen(day: _Day, group: Group, theme: Theme) -> Reply:
    at = day.date.toordinal()
    members = day.members(group)
    unmarked = [each.id for each in members if day.state(each.id) == _UNMARKED]
    others = (Button(_("The others are absent"), MarkOthers(group.id, at, mark(unmarked))),) if unmarked else ()
    ids = [each.id for each in day.groups]
    place = ids.index(group.id) + 1 if group.id in ids else len(ids)
    following = (Button(_("Next group ▶"), AttendGroup(ids[place], at)),) if place < len(ids) else ()
    return reply(
        Strong(_("{group}, {date}", group=title(group, theme), date=in_words(day.date))),
        *(_state_line(Name(each.full_name), day.state(each.id)) for each in members),
        *(() if members else (_("Nobody is in this group."),)),
        buttons=(
            *(button for each in members for button in _two(each.id, each.full_name, day, group.id, 0)),
            *others,
            *following,
            Button(_("Attendance"), ShowAttendance()),
        ),
    )


def _state_line(name: Span, state: int) -> Text:
    match state:
        case 2:
            return _("{name}: present", name=name)
        case 1:
            return _("{name}: absent", name=name)
        case _:
            return _("{name}: not marked", name=name)


def _two(person_id: int, full_name: str, day: _Day, group: int, page: int) -> tuple[Button, Button]:
    """One tap each: here, or absent; a tap on what someone is marked takes the mark away."""
    was, at, name = day.state(person_id), day.date.toordinal(), Name(full_name[:_LONGEST_NAME])
    here = Mark(person_id, at, was, _UNMARKED if was == _PRESENT else _PRESENT, group, page)
    gone = Mark(person_id, at, was, _UNMARKED if was == _ABSENT else _ABSENT, group, page)
    return (
        Button(_("{name}: here ✓", name=name), here, style="primary")
        if was == _PRESENT
        else Button(_("{name}: here", name=name), here),
        Button(_("{name}: absent ✗", name=name), gone, style="danger")
        if was == _ABSENT
        else Button(_("{name}: absent", name=name), gone),
    )


@routes.action(AttendOthers, who=ORGANISER)
async def attend_others(request: Request, action: AttendOthers) -> Reply:
    """Those who may come and are in no group."""
    return await _others_screen(request, await _day(request, action.day), action.page)


async def _others_screen(request: Request, day: _Day, page: int) -> Reply:
    at = day.date.toordinal()
    found = [await participants.find(request.tx, each) for each in await attendance.comers(request.tx)]
    people = [each for each in found if each and (each.id not in day.people or day.people[each.id].group_id is None)]
    people.sort(key=lambda each: (each.full_name.casefold(), each.id))
    shown = people[page * _PEOPLE_A_PAGE : (page + 1) * _PEOPLE_A_PAGE]
    return reply(
        Strong(_("Without a group, {date}", date=in_words(day.date))),
        *(_state_line(Name(each.full_name), day.state(each.id)) for each in shown),
        *(() if people else (_("Everyone is in a group."),)),
        buttons=(
            *(button for each in shown for button in _two(each.id, each.full_name, day, 0, page + 1)),
            *((Button(_("◀ Previous"), AttendOthers(at, page - 1)),) if page else ()),
            *((Button(_("Next ▶"), AttendOthers(at, page + 1)),) if (page + 1) * _PEOPLE_A_PAGE < len(people) else ()),
            Button(_("Attendance"), ShowAttendance()),
        ),
    )


@routes.action(FindComer, who=ORGANISER, form=ComerForm)
async def find_comer(request: Request, action: FindComer, form: ComerForm) -> Reply:
    """Those whose names fit, with a tap for each; also who said they would not come."""
    day, wanted = await _day(request, action.day), clean(form.name)
    found = [await participants.find(request.tx, each.id) for each in await overview.search(request.tx, wanted)]
    people = [each for each in found if each and each.attends][:_PEOPLE_A_PAGE]
    again = (
        Button(_("Another name"), action),
        Button(_("Someone new"), AddSomeone()),
        Button(_("Attendance"), ShowAttendance()),
    )
    if not people:
        return reply(_("Nobody on the list is called «{name}».", name=Name(wanted)), buttons=again)
    if len(people) == 1:
        return await _person_screen(request, day, people[0])
    lines: list[Span] = []
    buttons: list[Button] = []
    for each in people:
        if each.status in ("invited", "joined"):
            lines.append(_state_line(_named(each), day.state(each.id)))
            buttons += _two(each.id, each.full_name, day, 0, 0)
        else:
            lines.append(_("{name} was not expected.", name=_named(each)))
            buttons.append(Button(Name(each.full_name[:_LONGEST_NAME]), OpenPerson(each.id)))
    return reply(*lines, buttons=(*buttons, *again))


def _named(person: Participant) -> Text:
    return _("{name} ({ref})", name=Name(person.full_name), ref=Name(person.ref))


@routes.action(AttendPerson, who=ORGANISER)
async def attend_person(request: Request, action: AttendPerson) -> Reply:
    """One person of a day."""
    return await _person_screen(request, await _day(request, action.day), await _comer(request, action.person))


async def _comer(request: Request, person_id: int) -> Participant:
    person = await participants.find(request.tx, person_id)
    if person is None or not person.attends:
        raise Stale
    return person


async def _person_screen(request: Request, day: _Day, person: Participant) -> Reply:
    """How someone is marked, their group, and what is missing for them to have one."""
    ways = (
        Button(_("Another name"), FindComer(day.date.toordinal())),
        Button(_("See the person"), OpenPerson(person.id)),
        Button(_("Attendance"), ShowAttendance()),
    )
    if person.status not in ("invited", "joined"):
        said = _("{name} was not expected: invite them again on their card.", name=Strong(_named(person)))
        return reply(said, buttons=ways)
    known = day.people.get(person.id)
    group = next((each for each in day.groups if known and each.id == known.group_id), None)
    lines: list[Span] = [
        Strong(_state_line(Name(person.full_name), day.state(person.id))),
        _("On {date}.", date=in_words(day.date)),
    ]
    more: tuple[Button, ...] = ()
    if group:
        theme = await themes.find(request.tx, group.theme)
        assert theme is not None  # a theme with groups is never removed
        lines.append(_("Group: {group}", group=title(group, theme)))
        more = (Button(_("Their group"), AttendGroup(group.id, day.date.toordinal())),)
    elif known is None:
        lines.append(_("They have no theme yet: give them one."))
        more = (Button(_("Theme"), ShowPlaces(person.id)),)
    elif day.round:
        lines.append(_("They have no group yet: put them in one, or repair the groups."))
        more = (Button(_("Their group"), OpenMember(day.round.number, person.id)),)
    return reply(*lines, buttons=(*_two(person.id, person.full_name, day, 0, 0), *more, *ways))


# --- marking


@routes.action(Mark, who=ORGANISER)
async def mark_one(request: Request, action: Mark) -> Reply:
    """Mark someone, unless another organiser marked them otherwise meanwhile: then it is shown, and stays."""
    person = await _comer(request, action.person)
    day = await _day(request, action.day)
    if action.now not in (_UNMARKED, _ABSENT, _PRESENT) or person.status not in ("invited", "joined"):
        raise Stale
    state, name = day.state(person.id), Name(person.full_name)
    if state not in (action.was, action.now):
        why = await _who_marked(request, person, day)
        return with_lines_first(await _again(request, day, person, action), why, "")
    toast: Span = _("Already done.")
    if state != action.now:
        present = None if action.now == _UNMARKED else action.now == _PRESENT
        await attendance.put(request.tx, person.id, day.iso, present, request.participant.id, request.now)
        day, toast = await _day(request, action.day), _state_line(name, action.now)
    shown = await _again(request, day, person, action)
    return Reply(shown.view, toast)


async def _again(request: Request, day: _Day, person: Participant, action: Mark) -> Reply:
    """The screen a mark was made on."""
    if action.group:
        group, theme, _round = await a_group(request, action.group)
        return _group_screen(day, group, theme)
    if action.page:
        return await _others_screen(request, day, action.page - 1)
    return await _person_screen(request, day, person)


async def _who_marked(request: Request, person: Participant, day: _Day) -> Span:
    marked = await attendance.of(request.tx, person.id, day.iso)
    name = Name(person.full_name)
    if marked is None:
        return _("{name}'s mark was taken away meanwhile, so nothing was changed.", name=name)
    author = Name(display_name(marked.by_given_name, marked.by_family_name))
    if marked.present:
        return _("{author} marked {name} present meanwhile, so nothing was changed.", author=author, name=name)
    return _("{author} marked {name} absent meanwhile, so nothing was changed.", author=author, name=name)


@routes.action(MarkOthers, who=ORGANISER)
async def mark_others(request: Request, action: MarkOthers) -> Reply:
    """Mark the rest of a group absent, if it still is the rest that was shown."""
    group, theme, _round = await a_group(request, action.group)
    day = await _day(request, action.day)
    rest = [each.id for each in day.members(group) if day.state(each.id) == _UNMARKED]
    if mark(rest) != action.seen:
        why = _("Someone was marked meanwhile, so nothing was changed. This is how it is now.")
        return with_lines_first(_group_screen(day, group, theme), why, "")
    for each in rest:
        await attendance.put(request.tx, each, day.iso, False, request.participant.id, request.now)
    where = title(group, theme)
    said = _n("{group}: {count} person absent", "{group}: {count} people absent", len(rest), group=where)
    at = day.date.toordinal()
    undo = await note(request, f"attendance:{group.id}:{at}", said, RestoreMarks(at), {"people": rest})
    shown = _group_screen(await _day(request, action.day), group, theme).view
    return reply(*shown.lines, buttons=(*shown.buttons, undo), toast=_("Saved."))


@inverses.declare(RestoreMarks)
async def restore_marks(request: Request, action: RestoreMarks, values: Values) -> None:
    """Take the marks of those away who are still absent; who was marked present since stays so."""
    iso = date.fromordinal(action.day).isoformat()
    absent = await groups.absent_on(request.tx, iso)
    still = [each for each in values["people"] if each in absent]
    if not still:
        raise changed_since()
    for each in still:
        await attendance.put(request.tx, each, iso, None, request.participant.id, request.now)
