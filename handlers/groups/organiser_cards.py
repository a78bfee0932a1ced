"""The groups of a theme, one group, and someone in it, as organisers see them: the way to every change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.content.errors import Stale
from bot.content.texts import (
    Listing,
    Localised,
    Moment,
    Name,
    Span,
    Strong,
    Territory,
    Text,
    _,
    _n,
)
from bot.content.views import Button, Reply, reply
from bot.conversation.routes import ORGANISER, Request, Routes
from handlers.groups import store
from handlers.groups.actions import ShowGroups, ShowUnplaced
from handlers.groups.adjusting import ShowTargets, TakeOut
from handlers.groups.constraining import SetLock, SetPin, rules_of, undo_rule
from handlers.groups.effects import Standing, standing
from handlers.groups.layout import (
    OpenGroup,
    OpenMember,
    ShowMeeting,
    ShowOthers,
    ShowTheme,
    a_group,
    a_round,
    group_label,
)
from handlers.groups.messages import day, room_line, title
from handlers.groups.model import Group, Member
from handlers.groups.rooms import edit_button
from handlers.groups.solver.model import Person
from handlers.groups.solver_messages import facts
from handlers.navigation.actions import BACK
from handlers.navigation.layout import PER_PAGE, OpenPerson, page_of, turn

routes = Routes()

_LONGEST_NAME = 50


@routes.action(ShowTheme, who=ORGANISER)
async def show_theme(request: Request, action: ShowTheme) -> Reply:
    """A theme's groups, ten at a time, and who is in none."""
    now = await standing(request, action.round, action.theme)
    formed, unplaced = list(now.groups.values()), _unplaced(now)
    without = (
        (Button(_("Without a group: {count}", count=len(unplaced)), ShowUnplaced(action.round, action.theme, 0)),)
        if unplaced
        else ()
    )
    return reply(
        Strong(_theme_heading(now)),
        *(_group_line(group, now) for group in page_of(formed, action.page)),
        buttons=(
            *(Button(group_label(group), OpenGroup(group.id)) for group in page_of(formed, action.page)),
            *turn(lambda page: ShowTheme(action.round, action.theme, page), action.page, len(formed)),
            *without,
            Button(_("First meeting"), ShowMeeting(action.round)),
            Button(_("Groups"), ShowGroups(action.round)),
            BACK,
        ),
    )


def _theme_heading(now: Standing) -> Text:
    return _(
        "{theme}, {date}: {people}, {groups}",
        theme=Localised(now.theme.title),
        date=day(now.round),
        people=_n("{count} person", "{count} people", len(now.people)),
        groups=_n("{count} group", "{count} groups", len(now.groups)),
    )


def _unplaced(now: Standing) -> Sequence[Member]:
    return store.by_name(each for each in now.people.values() if each.group_id not in now.groups)


def _group_line(group: Group, now: Standing) -> Text:
    members = store.by_name(each for each in now.people.values() if each.group_id == group.id)
    names = Listing(tuple(Name(each.name) for each in members)) if members else _("nobody")
    name = group_label(group)
    if group.locked:
        return _("{group} ({count}, locked): {names}", group=name, count=len(members), names=names)
    return _("{group} ({count}): {names}", group=name, count=len(members), names=names)


@routes.action(ShowUnplaced, who=ORGANISER)
async def show_unplaced(request: Request, action: ShowUnplaced) -> Reply:
    """Who waits for a group."""
    now = await standing(request, action.round, action.theme)
    people = _unplaced(now)
    count = _n("{count} person without a group", "{count} people without a group", len(people))
    return reply(
        _("{theme}: {people}", theme=Localised(now.theme.title), people=count),
        buttons=(
            *_as_buttons(page_of(people, action.page), action.round),
            *turn(lambda page: ShowUnplaced(action.round, action.theme, page), action.page, len(people)),
            Button(Localised(now.theme.title), ShowTheme(action.round, action.theme)),
            BACK,
        ),
    )


def _as_buttons(people: Iterable[Member], round_number: int) -> tuple[Button, ...]:
    return tuple(Button(Name(each.full_name[:_LONGEST_NAME]), OpenMember(round_number, each.id)) for each in people)


@routes.action(OpenGroup, who=ORGANISER)
async def open_group(request: Request, action: OpenGroup) -> Reply:
    """Everything about one group."""
    group, theme, round_ = await a_group(request, action.group)
    members = await store.members(request.tx, group)
    counted = facts(Person(str(each.id), each.territory, each.gender) for each in members)
    lines: list[Span] = [Strong(title(group, theme)), _("{date}", date=day(round_))]
    if members:
        lines.append(Listing(counted))
    if round_.meets_at:
        lines.append(_("First meeting: {moment}", moment=Moment(round_.meets_at)))
    lines.append(room_line(group.room) if group.room else _("No room yet."))
    if group.locked:
        lines.append(_("Locked: it stays as it is when groups are formed again."))
    lines += [_member_line(each) for each in members]
    if not members:
        lines.append(_("Nobody is in this group."))
    return reply(
        *lines,
        buttons=(
            *_as_buttons(members, round_.number),
            Button(_("Unlock") if group.locked else _("Lock"), SetLock(group.id, not group.locked)),
            edit_button(group),
            Button(Localised(theme.title), ShowTheme(round_.number, theme.key, await _page(request, group))),
            BACK,
        ),
    )


async def _page(request: Request, group: Group) -> int:
    """The page of its theme that a group is on."""
    formed = await store.of_round(request.tx, group.round)
    return sum(each.theme == group.theme and each.number < group.number for each in formed) // PER_PAGE


def _member_line(person: Member) -> Span:
    name, country = Name(person.full_name), Territory(person.territory)
    if not person.territory:
        return _("{name}, pinned", name=name) if person.pinned else name
    if person.pinned:
        return _("{name} ({country}), pinned", name=name, country=country)
    return _("{name} ({country})", name=name, country=country)


@routes.action(OpenMember, who=ORGANISER)
async def open_member(request: Request, action: OpenMember) -> Reply:
    """Where someone is in a round, the rules for them, and what can be changed."""
    round_ = await a_round(request, action.round)
    person = await store.person(request.tx, round_.number, action.person)
    if person is None:
        raise Stale
    now = await standing(request, round_.number, person.theme)
    group = now.group_of(person.id)
    where = title(group, now.theme) if group else _("{theme}, no group", theme=Localised(now.theme.title))
    rules = await rules_of(request, person)
    lines: list[Span] = [
        Strong(_member_line(person)),
        _("{group}, {date}", group=where, date=day(round_)),
        *(rule.said for rule in rules),
    ]
    return reply(
        *lines,
        buttons=(
            *(
                _when_placed(person, group)
                if group
                else (Button(_("Put in a group"), ShowTargets(round_.number, person.id)),)
            ),
            Button(_("Together with…"), ShowOthers(round_.number, person.id, "together")),
            Button(_("Apart from…"), ShowOthers(round_.number, person.id, "apart")),
            *(undo_rule(round_.number, person, rule) for rule in rules),
            *((Button(group_label(group), OpenGroup(group.id)),) if group else ()),
            Button(Localised(now.theme.title), ShowTheme(round_.number, person.theme)),
            Button(_("See the person"), OpenPerson(person.id)),
            BACK,
        ),
    )


def _when_placed(person: Member, group: Group) -> tuple[Button, ...]:
    return (
        Button(_("Move"), ShowTargets(group.round, person.id), style="primary"),
        Button(_("Swap"), ShowOthers(group.round, person.id, "swap")),
        Button(_("Unpin") if person.pinned else _("Pin here"), SetPin(person.id, group.id, not person.pinned)),
        Button(_("Take out"), TakeOut(group.round, person.id)),
    )
