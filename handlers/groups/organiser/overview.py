"""The organisers' screens of groups: a round, the groups of a theme, one group, and one member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.content.errors import Stale, existing
from bot.content.texts import (
    Listing,
    Localised,
    Moment,
    Span,
    Strong,
    Territory,
    Text,
    _,
    _n,
)
from bot.content.views import Button, Reply, View, reply
from bot.conversation.preloading import Perform
from bot.conversation.routes import ORGANISER, NextStep, Request, Routes, Transaction
from bot.people.naming import called
from bot.people.participant_store import id_ranges
from handlers.attendance.actions import ATTENDANCE
from handlers.groups.actions import GROUPS, OpenGroup, OpenMember, ShowGroups, ShowOthers, ShowUnplaced
from handlers.groups.messages.cards import day, room_line, title
from handlers.groups.messages.solver import facts
from handlers.groups.model import Group, Member, Round, due
from handlers.groups.organiser.adjusting import show_targets, take_out
from handlers.groups.organiser.constraints import rules_of, set_lock, set_pin, undo_rule
from handlers.groups.organiser.effects import ThemeInRound, theme_in_round
from handlers.groups.organiser.forming import form_groups
from handlers.groups.organiser.layout import group_label, repair_button, require_group, require_round
from handlers.groups.organiser.meetings import show_meeting
from handlers.groups.organiser.prints import draw_groups, print_lists
from handlers.groups.organiser.publishing import prepare
from handlers.groups.organiser.rooms import edit_button
from handlers.groups.organiser.rooms_by_theme import show_rooms
from handlers.groups.organiser.sizes import sizes_button
from handlers.groups.service import forming
from handlers.groups.service.membership import round_due
from handlers.groups.solver.model import Placeable
from handlers.groups.store import readiness
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.members import members_of, person_with_theme, sorted_by_name
from handlers.groups.store.readiness import Placed, Readiness
from handlers.groups.store.rounds import all_rounds
from handlers.groups.store.sizes import Sizes, group_sizes_by_theme
from handlers.navigation.actions import BACK
from handlers.navigation.layout import PER_PAGE, OpenPerson, paged
from handlers.themes.model import Theme
from handlers.themes.store import all_themes, theme_deadline

routes = Routes()

_AHEAD = timedelta(days=7)
"""How long before a round's day organisers are reminded to form groups, if choosing themes has no deadline."""
_TO_GET_READY = timedelta(days=1)
"""How long before a round's day people should know which group they are in."""


@routes.command(
    "groupes",
    _("Form and change groups"),
    names={"en": "groups", "de": "gruppen"},
    aliases=("salles", "rooms", "raeume"),
    who=ORGANISER,
    plain_words=_("groups, the groups, form groups"),
    for_others="groupe",
    listed=2,
)
async def show_present_groups(request: Request) -> Reply:
    """Show today's groups, with buttons to change them; without groups today, the next day's, or else the last ones."""
    rounds = await all_rounds(request.tx)
    if not rounds:
        raise Stale
    return await show_groups(request, (due(rounds, request.today) or rounds[-1]).number)


@routes.press(ShowGroups, who=ORGANISER)
async def show_groups(request: Request, round_id: int) -> Reply:
    """Show how many groups and people each theme has in a round (one day), with buttons to form and change groups."""
    shown = await require_round(request, round_id)
    rounds = await all_rounds(request.tx)
    day_ = max(shown.day, request.today)
    counts = await request.preload(("groups", shown.number), partial(_count, number=shown.number, day=day_.isoformat()))
    groups = counts.groups
    lines: list[Span] = []
    if len(rounds) > 1:
        lines.append(_("Day {number}, {date}", number=shown.number, date=Strong(day(shown))))
    if groups:
        lines.append(_("These groups are published.") if shown.published else _("Nobody knows them yet: publish them."))
    themes = await all_themes(request.tx)
    lines += [_theme_line(theme, counts) for theme in themes]
    others = tuple(
        Button(_("Day {number}", number=round_.number), ShowGroups(round_.number))
        for round_ in rounds
        if round_.number != shown.number
    )
    to_publish = bool(groups) and not shown.published
    form: tuple[Button, ...] = ()
    if any(not round_.published for round_ in rounds):
        button = Button(_("Form groups"), form_groups.to(), style="plain" if to_publish else "primary")
        form = (button, await sizes_button(request))
    publish = (Button(_("Publish"), prepare.to(shown.number), style="primary"),) if to_publish else ()
    of_themes = tuple(
        Button(Localised(theme.title), show_theme.to(shown.number, theme.key))
        for theme in themes
        if theme.key in groups
    )
    today = request.today
    is_over = shown.day < today and shown != due(rounds, today)
    repairable = groups and not is_over and await _to_repair(request.tx, shown, counts)
    repair = (repair_button(shown.number, day_),) if repairable else ()
    ready = (
        (
            Button(_("Rooms"), show_rooms.to(shown.number)),
            Button(_("First meeting"), show_meeting.to(shown.number)),
            Button(_("As a picture"), draw_groups.to(shown.number)),
            Button(_("Lists for the doors"), print_lists.to(shown.number)),
        )
        if groups
        else ()
    )
    first, later = ((*publish, *ready), form) if to_publish else (form, ready)
    buttons = (*first, *of_themes, ATTENDANCE, *repair, *later, *others, BACK)
    return reply(*lines, buttons=buttons, again=ShowGroups(shown.number))


async def count_groups(request: Request) -> View:
    """Return a part of the organisers' home screen: the number of groups, and how many people have no group.

    It is about today's groups or, if no groups are planned for today, the next day's.
    """
    lines: list[Span] = []
    if round_ := await round_due(request.tx, request.today):
        ready = await readiness.readiness(request.tx, round_.number, request.today.isoformat())
        if ready.groups and round_.published:
            lines.append(_n("{count} group is published.", "{count} groups are published.", ready.groups))
        elif ready.groups:
            lines.append(
                _n("{count} group is not published yet.", "{count} groups are not published yet.", ready.groups)
            )
        if ready.groups and ready.unplaced:
            lines.append(_n("{count} person has no group.", "{count} people have no group.", ready.unplaced))
    return View(tuple(lines), (GROUPS,))


async def groups_to_bring_about(request: Request) -> Sequence[NextStep]:
    """Return the next steps for organisers about groups: form, publish, set rooms, mark attendance, or repair.

    The steps are about today's groups or, without any, the next day's. Groups are due to be formed once the deadline
    for choosing themes has passed; if there is no deadline before the day, in the week before the day.
    """
    round_ = await round_due(request.tx, request.today)
    if round_ is None or round_.day < request.today:
        return ()
    begins = request.settings.gathering.day_begins(round_.day)
    deadline = await theme_deadline(request.tx)
    if request.now < (deadline if deadline and deadline < begins else begins - _AHEAD):
        return ()
    ready = await readiness.readiness(request.tx, round_.number, request.today.isoformat())
    if not ready.people:
        return ()
    if not ready.groups:
        line = _n("{count} person to put in a group", "{count} people to put in groups", ready.people)
        return (NextStep(begins - _TO_GET_READY, line, Button(_("Form groups"), form_groups.to())),)
    steps: list[NextStep] = []
    if not round_.published:
        line = _n("{count} group to publish", "{count} groups to publish", ready.groups)
        steps.append(NextStep(begins - _TO_GET_READY, line, Button(_("Publish"), prepare.to(round_.number))))
    elif round_.day == request.today:
        steps += _of_the_day(request, round_, ready)
    meeting = round_.meets_by(request.settings.gathering.zone)
    if ready.roomless and request.now < meeting:
        line = _n("{count} group without a room", "{count} groups without a room", ready.roomless)
        steps.append(NextStep(meeting, line, Button(_("Rooms"), show_rooms.to(round_.number))))
    return steps


def _of_the_day(request: Request, round_: Round, ready: Readiness) -> Sequence[NextStep]:
    """Return the next steps on a round's day: attendance until the groups meet, and a repair while people need one."""
    meeting = round_.meets_by(request.settings.gathering.zone)
    ahead = request.now < meeting
    steps: list[NextStep] = []
    if ahead and ready.unmarked:
        line = _n("{count} person of a group to check in", "{count} people of groups to check in", ready.unmarked)
        steps.append(NextStep(meeting, line, ATTENDANCE))
    if ready.misplaced:
        line = _n("{count} person to place again", "{count} people to place again", ready.misplaced)
        over = request.settings.gathering.day_begins(round_.day + timedelta(days=1))
        steps.append(NextStep(meeting if ahead else over, line, repair_button(round_.number, round_.day)))
    return steps


_COUNTED_AT_ONCE = 20_000
"""How many people, by their ids, are counted in one transaction."""


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many people and groups a round has, by theme. `absent` are the people who are marked absent."""

    people: Mapping[str, Placed]
    absent: Mapping[str, Placed]
    groups: Mapping[str, Sizes]


async def _count(perform: Perform, *, number: int, day: str) -> _Counts:
    """Count the people and groups of a round (its `number`), and who is absent on `day` (ISO)."""
    people: dict[str, Placed] = {}
    ranges = await perform(partial(id_ranges, size=_COUNTED_AT_ONCE))
    for part in await perform.each([partial(readiness.count_people, round_number=number, ids=ids) for ids in ranges]):
        for theme, placed in part.items():
            people[theme] = people.get(theme, Placed()) + placed
    return _Counts(
        people,
        await perform(partial(readiness.count_absent, round_number=number, day=day)),
        await perform(partial(group_sizes_by_theme, round_number=number)),
    )


async def _to_repair(tx: Transaction, shown: Round, counts: _Counts) -> bool:
    """Return whether a repair could move anybody.

    It could if an absent person has a group, another has none, or the size of a group is not allowed.
    """
    for theme, sizes in counts.groups.items():
        people, absent = counts.people.get(theme, Placed()), counts.absent.get(theme, Placed())
        if absent.placed or people.unplaced > absent.unplaced:
            return True
        limits = await forming.limits_now(tx, theme, shown.number)
        if sizes.smallest is not None and sizes.smallest < limits.smallest:
            return True
        if sizes.largest is not None and sizes.largest > limits.largest:
            return True
    return False


def _theme_line(theme: Theme, counts: _Counts) -> Span:
    """Return the line that says how many people and groups a theme has, and how many people have no group."""
    people = counts.people.get(theme.key, Placed())
    title, sizes = Localised(theme.title), counts.groups.get(theme.key)
    if not people.people:
        return _("{theme}: nobody yet", theme=title)
    counted = _n("{count} person", "{count} people", people.people)
    if sizes is None:
        return _("{theme}: {people}, no groups yet", theme=title, people=counted)
    in_groups = _n("{count} group", "{count} groups", sizes.groups)
    if people.unplaced:
        return _(
            "{theme}: {people}, {groups}, {missing} without a group",
            theme=title,
            people=counted,
            groups=in_groups,
            missing=people.unplaced,
        )
    return _("{theme}: {people}, {groups}", theme=title, people=counted, groups=in_groups)


# --- The groups of a theme, one group, and one member.


@routes.press("gg", who=ORGANISER)
async def show_theme(request: Request, round_id: int, theme: str, page_number: int = 0) -> Reply:
    """Show a page of a theme's groups, with buttons to each group and to the people of the theme who have no group."""
    state = await theme_in_round(request, round_id, theme)
    groups, unplaced = list(state.groups.values()), _unplaced(state)
    without = (
        (Button(_("Without a group: {count}", count=len(unplaced)), ShowUnplaced(round_id, theme, 0)),)
        if unplaced
        else ()
    )
    shown, pages = paged(groups, page_number, partial(show_theme.to, round_id, theme))
    return reply(
        Strong(_theme_heading(state)),
        *(_group_line(group, state) for group in shown),
        buttons=(
            *(Button(group_label(group), OpenGroup(group.id)) for group in shown),
            *pages,
            *without,
            Button(_("First meeting"), show_meeting.to(round_id)),
            Button(_("Groups"), ShowGroups(round_id)),
            BACK,
        ),
    )


def _theme_heading(state: ThemeInRound) -> Text:
    return _(
        "{theme}, {date}: {people}, {groups}",
        theme=Localised(state.theme.title),
        date=day(state.round),
        people=_n("{count} person", "{count} people", len(state.people)),
        groups=_n("{count} group", "{count} groups", len(state.groups)),
    )


def _unplaced(state: ThemeInRound) -> Sequence[Member]:
    return sorted_by_name(person for person in state.people.values() if person.group_id not in state.groups)


def _group_line(group: Group, state: ThemeInRound) -> Text:
    members = sorted_by_name(person for person in state.people.values() if person.group_id == group.id)
    names = Listing(tuple(called(member) for member in members)) if members else _("nobody")
    name = group_label(group)
    if group.locked:
        return _("{group} ({count}, locked): {names}", group=name, count=len(members), names=names)
    return _("{group} ({count}): {names}", group=name, count=len(members), names=names)


@routes.press(ShowUnplaced, who=ORGANISER)
async def show_unplaced(request: Request, round_id: int, theme: str, page_number: int) -> Reply:
    """Show a page of the people of a theme who have no group, with a button to each of them."""
    state = await theme_in_round(request, round_id, theme)
    people = _unplaced(state)
    count = _n("{count} person without a group", "{count} people without a group", len(people))
    shown, pages = paged(people, page_number, partial(ShowUnplaced, round_id, theme))
    return reply(
        _("{theme}: {people}", theme=Localised(state.theme.title), people=count),
        buttons=(
            *_as_buttons(shown, round_id),
            *pages,
            Button(Localised(state.theme.title), show_theme.to(round_id, theme)),
            BACK,
        ),
    )


def _as_buttons(people: Iterable[Member], round_number: int) -> tuple[Button, ...]:
    return tuple(Button(called(person, "full"), OpenMember(round_number, person.id)) for person in people)


@routes.press(OpenGroup, who=ORGANISER)
async def open_group(request: Request, group_id: int) -> Reply:
    """Show a group with its members, when and where it meets, and buttons to lock it and to change its room."""
    group, theme, round_ = await require_group(request, group_id)
    members = await members_of(request.tx, group)
    counted = facts(Placeable(str(member.id), member.territory, member.gender) for member in members)
    lines: list[Span] = [Strong(title(group, theme)), _("{date}", date=day(round_))]
    if members:
        lines.append(Listing(counted))
    if round_.meets_at:
        lines.append(_("First meeting: {moment}", moment=Moment(round_.meets_at)))
    lines.append(room_line(group.room) if group.room else _("No room yet."))
    if group.locked:
        lines.append(_("Locked: it stays as it is when groups are formed again."))
    lines += [_member_line(member) for member in members]
    if not members:
        lines.append(_("Nobody is in this group."))
    return reply(
        *lines,
        buttons=(
            *_as_buttons(members, round_.number),
            # L10N: Buttons. A locked group stays as it is when groups are formed again.
            Button(_("Unlock") if group.locked else _("Lock"), set_lock.to(group.id, not group.locked)),
            edit_button(group),
            Button(Localised(theme.title), show_theme.to(round_.number, theme.key, await _page(request, group))),
            BACK,
        ),
    )


async def _page(request: Request, group: Group) -> int:
    """Return the page (from 0) of its theme's groups on which a group is listed."""
    groups = await groups_of_round(request.tx, group.round)
    return sum(other.theme == group.theme and other.number < group.number for other in groups) // PER_PAGE


def _member_line(person: Member) -> Span:
    name, country = called(person, "full"), Territory(person.territory)
    if not person.territory:
        return _("{name}, pinned", name=name) if person.pinned else name
    if person.pinned:
        return _("{name} ({country}), pinned", name=name, country=country)
    return _("{name} ({country})", name=name, country=country)


@routes.press(OpenMember, who=ORGANISER)
async def open_member(request: Request, round_id: int, person_id: int) -> Reply:
    """Show a person's group in a round (one day) and the rules about the person, with buttons for each change."""
    round_ = await require_round(request, round_id)
    person = existing(await person_with_theme(request.tx, round_.number, person_id))
    state = await theme_in_round(request, round_.number, person.theme)
    group = state.group_of(person.id)
    title_ = title(group, state.theme) if group else _("{theme}, no group", theme=Localised(state.theme.title))
    rules = await rules_of(request, person)
    lines: list[Span] = [
        Strong(_member_line(person)),
        _("{group}, {date}", group=title_, date=day(round_)),
        *(rule.line for rule in rules),
    ]
    return reply(
        *lines,
        buttons=(
            *(
                _when_placed(person, group)
                if group
                else (Button(_("Put in a group"), show_targets.to(round_.number, person.id)),)
            ),
            Button(_("Together with…"), ShowOthers(round_.number, person.id, "together")),
            Button(_("Apart from…"), ShowOthers(round_.number, person.id, "apart")),
            *(undo_rule(round_.number, person, rule) for rule in rules),
            *((Button(group_label(group), OpenGroup(group.id)),) if group else ()),
            Button(Localised(state.theme.title), show_theme.to(round_.number, person.theme)),
            Button(_("See their profile"), OpenPerson(person.id)),
            BACK,
        ),
        again=OpenMember(round_.number, person.id),
    )


def _when_placed(person: Member, group: Group) -> tuple[Button, ...]:
    return (
        # L10N: A button. It moves a person to another group.
        Button(_("Move"), show_targets.to(group.round, person.id), style="primary"),
        # L10N: A button. It swaps the groups of two people.
        Button(_("Swap"), ShowOthers(group.round, person.id, "swap")),
        # L10N: Buttons. A pinned person stays in their group when groups are formed again.
        Button(_("Unpin") if person.pinned else _("Pin here"), set_pin.to(person.id, group.id, not person.pinned)),
        # L10N: A button. It takes a person out of their group.
        Button(_("Take out"), take_out.to(group.round, person.id)),
    )
