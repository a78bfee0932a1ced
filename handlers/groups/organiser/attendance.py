"""Screens for attendance: organisers mark people present or absent on a day, and add people who are on no list."""

from __future__ import annotations

import secrets as random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import ClassVar

from bot.config import setting_store
from bot.content.actions import Action
from bot.content.errors import Stale, UserError, existing
from bot.content.forms import Form, Incomplete, choice, territory, text
from bot.content.names import clean, collation, full_name
from bot.content.texts import SOMEONE, Joined, Localised, Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, Choice, Option, Reply, reply, with_lines_first
from bot.conversation.routes import ORGANISER, Request, Routes, StoredVersion
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.conversation.versions import fingerprint
from bot.membership.inviting import renew, ways_in
from bot.people import participant_store
from bot.people.listed import GENDERS, Gender
from bot.people.naming import called, called_with_ref
from bot.people.participants import Participant
from handlers.attendance.model import Attendee
from handlers.attendance.store import badges
from handlers.attendance.store.marks import attendance_of, attendance_on, everyone_who_may_come, mark_attendance
from handlers.groups.actions import GROUPS, ShowAttendance
from handlers.groups.messages.cards import room_line, title
from handlers.groups.model import Group, Member, Round, due
from handlers.groups.organiser.adjusting import show_targets
from handlers.groups.organiser.layout import day_to_mark, repair_button, require_group
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.members import people_with_theme, sorted_by_name
from handlers.groups.store.rounds import all_rounds
from handlers.navigation import people_store
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses
from handlers.navigation.layout import PER_PAGE, OpenPerson, as_buttons, paged
from handlers.themes.actions import ShowThemesToGive
from handlers.themes.model import Theme
from handlers.themes.service import choose_theme, leave_theme
from handlers.themes.store import all_themes, choice_of, find_theme

UNMARKED, ABSENT, PRESENT = range(3)
"""The three marks of a person on a day, as the numbers in the data of buttons."""


@dataclass(frozen=True, slots=True)
class AttendanceDay:
    """Who is marked present or absent on a day, with the people and groups of a round (the groups of one day).

    `round` is normally the day's round, else the next or last; None if there are no rounds. `ahead` is whether the day
    is still to come. `marks` holds, by participant id, whether a marked person is present.
    """

    date: date
    ahead: bool
    marks: Mapping[int, bool]
    round: Round | None
    people: Mapping[int, Member]
    groups: Sequence[Group]

    @property
    def iso(self) -> str:
        """The date in ISO format, as attendance is stored."""
        return self.date.isoformat()

    def state(self, person_id: int) -> int:
        """Return the mark of a participant, given by id: UNMARKED, ABSENT or PRESENT."""
        return UNMARKED if person_id not in self.marks else PRESENT if self.marks[person_id] else ABSENT

    def members(self, group: Group) -> Sequence[Member]:
        """Return the members of a group, sorted by first name."""
        return sorted_by_name(person for person in self.people.values() if person.group_id == group.id)

    def unmarked(self, group: Group) -> Sequence[int]:
        """Return the ids of the members of a group who are not marked."""
        return [member.id for member in self.members(group) if self.state(member.id) == UNMARKED]

    def without_group(self, everyone: Iterable[Attendee]) -> list[Attendee]:
        """Return who of `everyone` is in no group that day."""
        return [
            person for person in everyone if person.id not in self.people or self.people[person.id].group_id is None
        ]

    @property
    def missing(self) -> int:
        """The number of people who are in a group and marked absent."""
        return sum(person.group_id is not None and self.state(person.id) == ABSENT for person in self.people.values())

    @property
    def without_seat(self) -> int:
        """The number of people who have a theme, are in no group, and are marked present."""
        return sum(person.group_id is None and self.state(person.id) == PRESENT for person in self.people.values())


async def attendance_day(request: Request, ordinal: int | None = None, round_: Round | None = None) -> AttendanceDay:
    """Return who is marked present or absent on a day, with the groups of a round (the groups of one day).

    `ordinal` is the day's `date.toordinal()`; None means today, or the first round's day if that is later. `round_` is
    None for the round due on that day. Raises Stale if there is no such day.
    """
    rounds, today = await all_rounds(request.tx), request.today
    try:
        wanted = date.fromordinal(ordinal) if ordinal is not None else day_to_mark(rounds, today)
    except (ValueError, OverflowError):
        raise Stale from None
    round_ = round_ or due(rounds, wanted)
    people = await people_with_theme(request.tx, round_.number) if round_ else ()
    return AttendanceDay(
        wanted,
        wanted > today,
        await attendance_on(request.tx, wanted.isoformat()),
        round_,
        {person.id: person for person in people},
        await groups_of_round(request.tx, round_.number) if round_ else (),
    )


# --- The attendance of a day, by group or by name, with one tap for each person.


routes = Routes()

_NEXT = {UNMARKED: PRESENT, PRESENT: ABSENT, ABSENT: UNMARKED}
"""The mark after a tap, by the mark before."""


class MarkOthers(Action, code="gig"):
    """The button that marks all members of a group who have no mark yet, of whom its reader was shown those `seen`."""

    group: int
    day: int
    seen: str
    present: bool = False


class MarkAttendance(Action, code="gif"):
    """The button that marks a person on a day (`date.toordinal()`).

    `was` is the mark that was shown and `now` the new mark: 0 not marked, 1 absent, 2 present. The reply shows `page`
    (from 0) of the members of `group`; if `group` is 0, it shows `page` (from 1) of the people without a group; if both
    are 0, it shows the person.
    """

    person: int
    day: int
    was: int
    now: int
    group: int
    page: int


# --- a day


@routes.press(ShowAttendance, who=ORGANISER)
async def show_attendance(request: Request) -> Reply:
    """Show the attendance of today or, if that is later, of the first day of groups, with buttons for each group."""
    first = day_to_mark(await all_rounds(request.tx), request.today)
    return await show_groups_of(request, first.toordinal(), 0)


@routes.press("gia", who=ORGANISER)
async def show_groups_of(request: Request, ordinal: int, page: int) -> Reply:
    """Show the attendance of a day, with buttons for a page of its groups, and for others.

    `ordinal` is the day's `date.toordinal()`.
    """
    day = await attendance_day(request, ordinal)
    titles = {theme.key: Localised(theme.title) for theme in await all_themes(request.tx)}
    everyone = await everyone_who_may_come(request.tx)
    without = day.without_group(everyone)
    shown, pages = paged(day.groups, page, partial(show_groups_of.to, ordinal))
    return reply(
        Strong(_("Attendance, {date}", date=Moment.of_day(day.date))),
        *_which_day(day),
        *_counts(day, everyone),
        *_to_repair(day),
        buttons=(
            *_repair(day),
            # L10N: A button. It asks for the name of a person, to mark them present or absent.
            Button(_("By name"), search_attendees.to(ordinal)),
            # L10N: A button. It adds a person who arrives and is on no list.
            Button(_("Someone new"), add_someone.to()),
            *(Button(_label(group, titles[group.theme], day), attend_group.to(group.id, ordinal)) for group in shown),
            *pages,
            *(
                (Button(_("Without a group: {count}", count=len(without)), attend_others.to(ordinal, 0)),)
                if without
                else ()
            ),
            GROUPS,
            BACK,
        ),
    )


def _counts(day: AttendanceDay, everyone: Iterable[Attendee]) -> Iterable[Text]:
    """Yield the counts of a day. People who never joined may still come, but are counted apart when not marked."""
    states = Counter((day.state(person.id), person.joined) for person in everyone)
    present, absent = (states[state, True] + states[state, False] for state in (PRESENT, ABSENT))
    yield _(
        "Present: {present}. Absent: {absent}. Not marked: {unmarked}.",
        present=Strong(present),
        absent=absent,
        unmarked=states[UNMARKED, True],
    )
    if states[UNMARKED, False]:
        yield _("Neither joined nor marked: {count}.", count=states[UNMARKED, False])


def _which_day(day: AttendanceDay) -> Iterable[Span]:
    if day.ahead:
        yield _("This day is still to come: what you mark now counts then.")
    if day.round and day.round.day != day.date:
        yield _("That is no day of groups: these are the groups of {date}.", date=Moment.of_day(day.round.day))
    if not day.groups:
        yield _("No groups are formed yet.")


def _to_repair(day: AttendanceDay) -> Iterable[Span]:
    if day.missing:
        yield _n("{count} absent person is in a group.", "{count} absent people are in groups.", day.missing)
    if day.without_seat:
        yield _n("{count} present person has no group.", "{count} present people have no group.", day.without_seat)


def _repair(day: AttendanceDay) -> tuple[Button, ...]:
    if day.round is None or not day.groups or not (day.missing or day.without_seat):
        return ()
    return (repair_button(day.round.number, day.date),)


def _label(group: Group, theme: Span, day: AttendanceDay) -> Text:
    members = day.members(group)
    if members and len(day.unmarked(group)) == len(members):
        # L10N: A button of a group whose attendance is not taken yet.
        return _("{theme} {number}: not taken", theme=theme, number=group.number)
    present = sum(day.state(member.id) == PRESENT for member in members)
    # L10N: A button of a group: how many of its members are present.
    return _(
        "{theme} {number}: {present} of {count}", theme=theme, number=group.number, present=present, count=len(members)
    )


# --- a group, those in none, one person


@routes.press("gib", who=ORGANISER)
async def attend_group(request: Request, group_id: int, ordinal: int, page: int = 0) -> Reply:
    """Show the attendance of the members of a group: a button for each, which shows and changes the mark.

    `ordinal` is the day's `date.toordinal()`; `page` counts the pages of members from 0.
    """
    group, theme, round_ = await require_group(request, group_id)
    day = await attendance_day(request, ordinal, round_)
    members = day.members(group)
    ids = [other.id for other in day.groups]
    index = ids.index(group.id) + 1
    shown, pages = paged(members, page, partial(attend_group.to, group.id, ordinal))
    following = (Button(_("Next group ▶"), attend_group.to(ids[index], ordinal)),) if index < len(ids) else ()
    return reply(
        Strong(_("{group}, {date}", group=title(group, theme), date=Moment.of_day(day.date))),
        HOW if members else _("Nobody is in this group."),
        buttons=(
            *_all_at_once(day, group),
            *(mark_button(called(member, "full"), member.id, day, group.id, page) for member in shown),
            *pages,
            *following,
            Button(_("Attendance"), ShowAttendance()),
        ),
    )


# L10N: What taps on the button of a person do.
HOW = _("One tap: here. Two: absent. Three: not marked.")


def _all_at_once(day: AttendanceDay, group: Group) -> Iterable[Button]:
    """Yield the buttons that mark all members who are not marked.

    «absent» is offered only once someone is marked, since a slip would mark a whole group absent.
    """
    ordinal, rest = day.date.toordinal(), day.unmarked(group)
    if not rest:
        return
    mark = mark_others.seeing(rest)
    if len(rest) == len(day.members(group)):
        yield Button(_("Everyone is here"), mark.to(group.id, ordinal, present=True), style="primary")
    else:
        yield Button(_("The others are here"), mark.to(group.id, ordinal, present=True))
        yield Button(_("The others are absent"), mark.to(group.id, ordinal))


def state_line(name: Span, state: int) -> Text:
    """Return a line that tells how a person is marked. `state` is UNMARKED, ABSENT or PRESENT."""
    match state:
        case 2:
            return _("{name}: present", name=name)
        case 1:
            return _("{name}: absent", name=name)
        case _:
            return _("{name}: not marked", name=name)


def mark_button(name: Span, person_id: int, day: AttendanceDay, group: int, page: int) -> Button:
    """Return the button that shows how a person is marked, and changes that to the next of the three marks.

    `group` and `page` tell on which screen the button is, as in `MarkAttendance`.
    """
    was = day.state(person_id)
    action = MarkAttendance(person_id, day.date.toordinal(), was, _NEXT[was], group, page)
    match was:
        case 2:
            return Button(_("{name}: here ✓", name=name), action, style="primary")
        case 1:
            return Button(_("{name}: absent ✗", name=name), action, style="danger")
        case _:
            return Button(_("{name}: not marked", name=name), action)


def present_and_absent_buttons(person_id: int, day: AttendanceDay) -> tuple[Button, Button]:
    """Return two buttons that mark a person present and absent on a day.

    If the person is already marked so, the button removes the mark.
    """
    was, ordinal = day.state(person_id), day.date.toordinal()
    here = MarkAttendance(person_id, ordinal, was, UNMARKED if was == PRESENT else PRESENT, 0, 0)
    gone = MarkAttendance(person_id, ordinal, was, UNMARKED if was == ABSENT else ABSENT, 0, 0)
    return (
        # L10N: Buttons. They mark a person present.
        Button(_("Here ✓"), here, style="primary") if was == PRESENT else Button(_("Here"), here),
        # L10N: Buttons. They mark a person absent.
        Button(_("Absent ✗"), gone, style="danger") if was == ABSENT else Button(_("Absent"), gone),
    )


@routes.press("gic", who=ORGANISER)
async def attend_others(request: Request, ordinal: int, page: int) -> Reply:
    """Show the attendance of the people without a group, with a button to mark each of them present or absent.

    `ordinal` is the day's `date.toordinal()`; `page` counts the pages of people from 0.
    """
    day = await attendance_day(request, ordinal)
    people = day.without_group(await everyone_who_may_come(request.tx))
    people.sort(key=lambda person: (collation(person.full_name), person.id))
    shown, pages = paged(people, page, partial(attend_others.to, ordinal))
    return reply(
        Strong(_("Without a group, {date}", date=Moment.of_day(day.date))),
        HOW if people else _("Everyone is in a group."),
        buttons=(
            *(mark_button(called(person, "full"), person.id, day, 0, page + 1) for person in shown),
            *pages,
            Button(_("Attendance"), ShowAttendance()),
        ),
    )


@routes.press(MarkAttendance, who=ORGANISER)
async def mark_one(request: Request, person_id: int, ordinal: int, was: int, now: int, group: int, page: int) -> Reply:
    """Mark a person present or absent, or remove the mark.

    If another organiser marked the person otherwise meanwhile, nothing is saved and that mark is shown.
    """
    person = await find_attendee(request, person_id)
    day = await attendance_day(request, ordinal)
    if now not in (UNMARKED, ABSENT, PRESENT) or person.status not in ("invited", "joined"):
        raise Stale
    state, name = day.state(person.id), called(person, "full")
    if state not in (was, now):
        why = await _who_marked(request, person, day)
        return with_lines_first(
            await _again(request, person, MarkAttendance(person_id, ordinal, was, now, group, page)), why, ""
        )
    toast: Span = _("Already done.")
    if state != now:
        present = None if now == UNMARKED else now == PRESENT
        await mark_attendance(request.tx, person.id, day.iso, present, request.participant.id, request.now)
        toast = state_line(name, now)
    shown = await _again(request, person, MarkAttendance(person_id, ordinal, was, now, group, page))
    return Reply(shown.view, toast)


async def _again(request: Request, person: Participant, action: MarkAttendance) -> Reply:
    """Return the screen on which a mark was made."""
    if action.group:
        return await attend_group(request, action.group, action.day, action.page)
    if action.page:
        return await attend_others(request, action.day, action.page - 1)
    return await attend_person(request, person.id, action.day)


async def _who_marked(request: Request, person: Participant, day: AttendanceDay) -> Span:
    attendance = await attendance_of(request.tx, person.id, day.iso)
    name = called(person, "full")
    if attendance is None:
        return _("{name}'s mark was taken away meanwhile, so nothing was changed.", name=name)
    author = attendance.by or SOMEONE
    if attendance.present:
        return _("{author} marked {name} present meanwhile, so nothing was changed.", author=author, name=name)
    return _("{author} marked {name} absent meanwhile, so nothing was changed.", author=author, name=name)


async def _unmarked_now(request: Request, group_id: int, day_id: int, _present: bool = False) -> StoredVersion:
    group, _theme, round_ = await require_group(request, group_id)
    return StoredVersion(
        ((await attendance_day(request, day_id, round_)).unmarked(group),),
        said=_("Someone was marked meanwhile, so nothing was changed. This is how it is now."),
        then=attend_group.to(group_id, day_id),
    )


@routes.press(MarkOthers, who=ORGANISER, unless_changed=_unmarked_now)
async def mark_others(request: Request, group_id: int, day_id: int, present: bool = False) -> Reply:
    """Mark all members of a group who have no mark yet as present or, if not `present`, as absent.

    `day_id` is the day's `date.toordinal()`.
    """
    group, theme, round_ = await require_group(request, group_id)
    day = await attendance_day(request, day_id, round_)
    rest = day.unmarked(group)
    for person_id in rest:
        await mark_attendance(request.tx, person_id, day.iso, present, request.participant.id, request.now)
    where = title(group, theme)
    summary = (
        _n("{group}: {count} person present", "{group}: {count} people present", len(rest), group=where)
        if present
        else _n("{group}: {count} person absent", "{group}: {count} people absent", len(rest), group=where)
    )
    values = {"people": rest, "present": present, "group": group.id}
    undo = await record_change(request, f"attendance:{group.id}:{day_id}", summary, restore_marks.to(day_id), values)
    screen = (await attend_group(request, group.id, day_id)).view
    return reply(*screen.lines, buttons=(*screen.buttons, undo), toast=_("Saved."))


@inverses.declare("gir")
async def restore_marks(request: Request, values: Values, day: int) -> Undone:
    """Remove the marks that `mark_others` set, except those that were changed since. Raises an error if all were."""
    iso = date.fromordinal(day).isoformat()
    marks = await attendance_on(request.tx, iso)
    unchanged = [person_id for person_id in values["people"] if marks.get(person_id) == values["present"]]
    if not unchanged:
        raise changed_since()
    for person_id in unchanged:
        await mark_attendance(request.tx, person_id, iso, None, request.participant.id, request.now)
    return Undone(
        (_n("{count} person is not marked any more.", "{count} people are not marked any more.", len(unchanged)),),
        (
            Button(_("Back"), attend_group.to(values["group"], day)),
            Button(_("Attendance"), ShowAttendance()),
        ),
    )


# --- Attendance by name: how a person is marked, and what they lack to be in a group.


class AttendeeForm(Form):
    """The form that asks for a name, or for the beginnings of its words."""

    title: ClassVar[Text] = _("Who is here?")
    of_somebody: ClassVar[bool] = True
    name: str = text(
        _("Name"), max_length=100, hint=_("First or family name, or how they begin; accents do not matter.")
    )


@routes.form("gie", AttendeeForm, who=ORGANISER)
async def search_attendees(request: Request, form: AttendeeForm, ordinal: int) -> Reply:
    """Show the people whose names match, with a button for each to mark them present or absent.

    If there is only one, their own screen is shown. People who said that they are not coming are found too.

    `ordinal` is the day's `date.toordinal()`.
    """
    day, wanted = await attendance_day(request, ordinal), clean(form.name)
    people: list[Participant] = []
    for match in await request.preload(("search", wanted), partial(people_store.search, query=wanted)):
        person = await participant_store.find(request.tx, match.id)
        if person and person.attends:
            people.append(person)
        if len(people) == PER_PAGE:
            break
    again = (
        Button(_("Another name"), search_attendees.to(ordinal)),
        Button(_("Someone new"), add_someone.to()),
        Button(_("Attendance"), ShowAttendance()),
    )
    if not people:
        return reply(_("Nobody on the list is called that."), buttons=again)
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


def ways_to_a_group(day: AttendanceDay, person_id: int) -> tuple[Button, ...]:
    """Return the buttons by which an organiser puts a person into a group: a new proposal (a repair), or by hand.

    The person must have a theme. Returns () before there are groups.
    """
    if day.round is None or not day.groups:
        return ()
    return (
        repair_button(day.round.number, day.date),
        Button(_("Put in a group"), show_targets.to(day.round.number, person_id)),
    )


@routes.press("gid", who=ORGANISER)
async def attend_person(request: Request, person_id: int, ordinal: int) -> Reply:
    """Show how one person is marked on a day, with buttons to mark them present or absent, and which group they have.

    If they have no group, it shows what they lack, with buttons to change that.
    """
    day, person = await attendance_day(request, ordinal), await find_attendee(request, person_id)
    ways = (
        Button(_("Another name"), search_attendees.to(ordinal)),
        Button(_("See the person"), OpenPerson(person.id)),
        Button(_("Attendance"), ShowAttendance()),
    )
    if person.status not in ("invited", "joined"):
        line = _("{name} was not expected: invite them again on their card.", name=Strong(called_with_ref(person)))
        return reply(line, buttons=ways)
    member = day.people.get(person.id)
    group = next((group for group in day.groups if member and group.id == member.group_id), None)
    lines: list[Span] = [
        Strong(state_line(called(person, "full"), day.state(person.id))),
        _("On {date}.", date=Moment.of_day(day.date)),
    ]
    more: tuple[Button, ...] = ()
    if group:
        theme = await find_theme(request.tx, group.theme)
        assert theme is not None  # a theme with groups is never removed
        lines.append(_("Group: {group}", group=title(group, theme)))
        more = (Button(_("Their group"), attend_group.to(group.id, ordinal)),)
    elif member is None:
        lines.append(_("They have no theme yet: give them one."))
        more = (Button(_("Theme"), ShowThemesToGive(person.id)),)
    elif day.round and day.groups:
        lines.append(_("They have no group yet: put them in one, or repair the groups."))
        more = ways_to_a_group(day, person.id)
    else:
        lines.append(_("No groups are formed yet."))
    return reply(*lines, buttons=(*present_and_absent_buttons(person.id, day), *more, *ways))


@routes.press("gbd", who=ORGANISER, linkable=True)
async def scan_badge(request: Request, person: int, mark: str) -> Reply:
    """Show how the owner of a badge is marked today, with buttons to mark them present or absent.

    `mark` is what nobody else can put on a badge of this person; see `handlers.attendance.store.badges`.
    """
    if not await badges.is_genuine(request.tx, person, mark):
        raise _worthless(request)
    return await attend_person(request, person, (await attendance_day(request)).date.toordinal())


@routes.press("gix", who=ORGANISER, linkable=True)
async def scan_old_badge(request: Request, _person: int) -> Reply:
    """Refuse a badge that anybody could have made, and so open nobody's attendance."""
    raise _worthless(request)


def _worthless(request: Request) -> UserError:
    return UserError(
        _("Anybody could have made this badge: it is an old one. Ask for the one in «My badge» now, or for a name."),
        buttons=(
            Button(_("By name"), search_attendees.to(request.today.toordinal())),
            Button(_("Attendance"), ShowAttendance()),
        ),
    )


async def find_attendee(request: Request, person_id: int) -> Participant:
    """Return the participant with this id if they attend the gathering. Raises Stale for anyone else."""
    person = await participant_store.find(request.tx, person_id)
    if person is None or not person.attends:
        raise Stale
    return person


# --- Adding a person who arrives and is on no list: name, country and theme; then they have a group and an invitation.


_NAMESAKES = 3


class ArrivalForm(Form):
    """The form for a person who arrives and is on no list. Their theme is asked next."""

    title: ClassVar[Text] = _("Someone new")
    of_somebody: ClassVar[bool] = True
    given_name: str = text(_("First name"), max_length=100)
    family_name: str = text(_("Family name"), max_length=100, required=False)
    territory: str = territory(_("Territory"), required=False, hint=_("A country or region, for instance «Québec»"))
    gender: str = choice(_("Gender"), [Option(value.value, label) for value, label in GENDERS.items()], required=False)


@routes.form("gik", ArrivalForm, who=ORGANISER)
async def add_someone(request: Request, form: ArrivalForm) -> Reply:
    """Store a person who is on no list, and ask for their theme.

    People with the same name are shown too, in case one of them is the same person.
    """
    if not form.given_name:
        raise Incomplete("given_name", _("A first or a family name is needed."))
    whole = full_name(form.given_name, form.family_name)
    namesakes = await request.preload(("search", whole), partial(people_store.search, query=whole))
    added = await participant_store.add(
        request.tx,
        ref=f"L-{random.token_hex(4).upper()}",
        given_name=form.given_name,
        family_name=form.family_name,
        now=request.now,
        territory=form.territory,
        gender=Gender(form.gender) if form.gender else None,
    )
    day = await attendance_day(request)
    if not day.ahead:
        await mark_attendance(request.tx, added.id, day.iso, True, request.participant.id, request.now)
    summary = _("{name} added", name=called(added, "full"))
    undo = await record_change(
        request, f"person:{added.id}", summary, remove_someone.to(added.id), {"called": _mark(added)}
    )
    name = Strong(called(added, "full"))
    question = (
        _("{name} is added. Which theme?", name=name)
        if day.ahead
        else _("{name} is added and present. Which theme?", name=name)
    )
    lines: list[Span] = [question]
    if namesakes:
        lines.append(_("Careful: someone on the list is called so too. Is it them? Then undo this."))
    options = tuple(
        Option(theme.key, Localised(theme.title), _("{taken} taken", taken=theme.taken))
        for theme in await all_themes(request.tx)
    )
    return reply(
        *lines,
        choice=Choice(give_theme.to(added.id), options),
        buttons=(*as_buttons(namesakes[:_NAMESAKES]), undo, Button(_("Attendance"), ShowAttendance()), BACK),
    )


def _mark(person: Participant) -> str:
    """Return a digest of a person's name, to notice that it was corrected."""
    return fingerprint(person.given_name, person.family_name)


async def _newcomer(request: Request, person_id: int) -> Participant:
    person = await participant_store.find(request.tx, person_id)
    if person is None or not person.attends or person.status not in ("invited", "joined"):
        raise Stale
    return person


@routes.pick("gil", who=ORGANISER, sent_with_press=False)
async def give_theme(request: Request, theme_key: str, person_id: int) -> Reply:
    """Give the person who was added a theme, even a full one, and show their group and their invitation.

    The invitation is shown only this once.
    """
    person = await _newcomer(request, person_id)
    theme = existing(await find_theme(request.tx, theme_key))
    if (await choice_of(request.tx, person.id)).theme is not None or person.joined:
        raise UserError(
            _("{name} has a theme already.", name=called(person, "full")),
            buttons=(Button(_("See the person"), OpenPerson(person.id)), BACK),
        )
    await choose_theme(request.tx, person, theme.key, request.now, beyond=True, by=request.participant.id)
    day = await attendance_day(request)
    group = next((group for group in day.groups if group.id == day.people[person.id].group_id), None)
    lines: list[Span] = [
        _("{name} is in {theme}.", name=Strong(called(person, "full")), theme=Localised(theme.title)),
        _their_group(day, group, theme),
        *await _way_in(request, person),
    ]
    return reply(
        *lines,
        buttons=(
            *(() if group else ways_to_a_group(day, person.id)),
            Button(_("Their attendance"), attend_person.to(person.id, day.date.toordinal())),
            Button(_("Someone new"), add_someone.to()),
            Button(_("Attendance"), ShowAttendance()),
        ),
        fresh=True,
        secret=True,
    )


def _their_group(day: AttendanceDay, group: Group | None, theme: Theme) -> Span:
    if group is None:
        if not day.groups:
            return _("No groups are formed yet: they are placed when they are.")
        return _("They have no group yet: repair the groups, or put them in one.")
    if group.room:
        return Joined((_("Group: {group}", group=Strong(title(group, theme))), ". ", room_line(group.room)))
    return _("Group: {group}", group=Strong(title(group, theme)))


async def _way_in(request: Request, person: Participant) -> list[Span]:
    username = await setting_store.telegram_username(request.tx)
    renewed = await renew(request.tx, request.declared, request.settings, person, request.now, bot_username=username)
    invitation = renewed.invitation
    return [_("{name}'s invitation. It is not shown again.", name=called(person, "full")), *ways_in(invitation)]


@inverses.declare("gix")
async def remove_someone(request: Request, values: Values, person_id: int) -> Undone:
    """Delete a person whom an organiser added, unless that person joined or their name was corrected meanwhile."""
    person = await participant_store.find(request.tx, person_id)
    if person is None or person.status != "invited" or _mark(person) != values.get("called"):
        raise changed_since()
    await leave_theme(request.tx, person.id, request.now)
    await participant_store.remove(request.tx, [person.id])
    return Undone(buttons=(Button(_("Someone new"), add_someone.to()), Button(_("Attendance"), ShowAttendance())))
