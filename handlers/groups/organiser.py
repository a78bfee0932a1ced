"""The groups as organisers see them: a round at a time, theme by theme, and the way to all that is done with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from bot.config import setting_store
from bot.content.errors import Stale
from bot.content.texts import Localised, Span, Strong, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import ORGANISER, NextStep, Request, Routes
from handlers.groups import forming, store
from handlers.groups.actions import (
    GROUPS,
    DrawGroups,
    FormGroups,
    PrintLists,
    ShowAttendance,
    ShowGroups,
    ShowMeeting,
    ShowRooms,
    ShowTheme,
)
from handlers.groups.layout import repair_button
from handlers.groups.messages import day
from handlers.groups.model import Group, Member, Round, due
from handlers.groups.publishing import PreparePublishing
from handlers.groups.service import round_due
from handlers.groups.store import Readiness
from handlers.navigation.actions import BACK
from handlers.themes.model import Theme, choosing_is_open
from handlers.themes.store import all_themes

routes = Routes()

_AHEAD = timedelta(days=7)
"""How long before their day groups are formed where nothing else says that themes are chosen."""


@routes.command(
    "groupes",
    _("Form and change groups"),
    names={"en": "groups", "de": "gruppen"},
    who=ORGANISER,
    said=_("groups, the groups, form groups"),
)
async def show_present_groups(request: Request) -> Reply:
    """The groups of the round that is due: the first whose day is not over, else the last."""
    rounds = await store.rounds(request.tx)
    if not rounds:
        raise Stale
    return await _show(request, due(rounds, request.today) or rounds[-1])


@routes.action(ShowGroups, who=ORGANISER)
async def show_groups(request: Request, action: ShowGroups) -> Reply:
    """The groups of one round."""
    found = await store.find_round(request.tx, action.round)
    if found is None:
        raise Stale
    return await _show(request, found)


async def _show(request: Request, shown: Round) -> Reply:
    rounds = await store.rounds(request.tx)
    people = await store.people(request.tx, shown.number)
    formed = await store.of_round(request.tx, shown.number)
    lines: list[Span] = []
    if len(rounds) > 1:
        lines.append(_("Day {number}, {date}", number=shown.number, date=Strong(day(shown))))
    if formed:
        lines.append(_("These groups are published.") if shown.published else _("Nobody is told yet: publish them."))
    listed = await all_themes(request.tx)
    lines += [_theme_line(theme, people, formed) for theme in listed]
    others = tuple(
        Button(_("Day {number}", number=each.number), ShowGroups(each.number))
        for each in rounds
        if each.number != shown.number
    )
    to_publish = bool(formed) and not shown.published
    form: tuple[Button, ...] = ()
    if any(not each.published for each in rounds):
        form = (Button(_("Form groups"), FormGroups(), style="plain" if to_publish else "primary"),)
    publish = (Button(_("Publish"), PreparePublishing(shown.number), style="primary"),) if to_publish else ()
    with_groups = {group.theme for group in formed}
    of_themes = tuple(
        Button(Localised(theme.title), ShowTheme(shown.number, theme.key))
        for theme in listed
        if theme.key in with_groups
    )
    now = request.today
    over = shown.day < now and shown != due(rounds, now)
    counts = formed and not over and await _to_repair(request, shown, people, formed)
    repair = (repair_button(shown.number, max(shown.day, now)),) if counts else ()
    attendance = (Button(_("Attendance"), ShowAttendance()), *repair)
    ready = (
        (
            Button(_("Rooms"), ShowRooms(shown.number)),
            Button(_("First meeting"), ShowMeeting(shown.number)),
            Button(_("As a picture"), DrawGroups(shown.number)),
            Button(_("Lists for the doors"), PrintLists(shown.number)),
        )
        if formed
        else ()
    )
    first, later = ((*publish, *ready), form) if to_publish else (form, ready)
    return reply(*lines, buttons=(*first, *of_themes, *attendance, *later, *others, BACK))


async def count_groups(request: Request) -> View:
    """How far the groups of the round that is due are, as a part of the organisers' screen, and the way to them."""
    lines: list[Span] = []
    if round_ := await round_due(request.tx, request.today):
        ready = await store.readiness(request.tx, round_.number, request.today.isoformat())
        if ready.groups and round_.published:
            lines.append(_n("{count} group, published.", "{count} groups, published.", ready.groups))
        elif ready.groups:
            lines.append(_n("{count} group, not published yet.", "{count} groups, not published yet.", ready.groups))
        if ready.groups and ready.unplaced:
            lines.append(_n("{count} person without a group.", "{count} people without a group.", ready.unplaced))
    return View(tuple(lines), (GROUPS,))


async def groups_to_bring_about(request: Request) -> Sequence[NextStep]:
    """What is next for the groups of the round that is due: form, publish, rooms; on the day attendance and repair.

    They are formed once themes are chosen, or where there is no deadline for that, in the last week.
    """
    round_ = await round_due(request.tx, request.today)
    if round_ is None or round_.day < request.today:
        return ()
    begins = request.settings.gathering.day_begins(round_.day)
    deadline = await setting_store.theme_deadline(request.tx)
    chosen = deadline is not None and not choosing_is_open(deadline, request.now)
    if not chosen and request.now < begins - _AHEAD:
        return ()
    ready = await store.readiness(request.tx, round_.number, request.today.isoformat())
    if not ready.people:
        return ()
    if not ready.groups:
        line = _n("{count} person to put in a group", "{count} people to put in groups", ready.people)
        return (NextStep(begins, line, Button(_("Form groups"), FormGroups())),)
    steps: list[NextStep] = []
    if not round_.published:
        line = _n("{count} group to publish", "{count} groups to publish", ready.groups)
        steps.append(NextStep(begins, line, Button(_("Publish"), PreparePublishing(round_.number))))
    elif round_.day == request.today:
        steps += _of_the_day(request, round_, ready)
    meeting = round_.meets_by(request.settings.gathering.zone)
    if ready.roomless and request.now < meeting:
        line = _n("{count} group without a room", "{count} groups without a room", ready.roomless)
        steps.append(NextStep(meeting, line, Button(_("Rooms"), ShowRooms(round_.number))))
    return steps


def _of_the_day(request: Request, round_: Round, ready: Readiness) -> Sequence[NextStep]:
    """Who is there, until the groups meet; then groups repaired for those who are."""
    meeting = round_.meets_by(request.settings.gathering.zone)
    ahead = request.now < meeting
    steps: list[NextStep] = []
    if ahead and ready.unmarked:
        line = _n("{count} person to check in", "{count} people to check in", ready.unmarked)
        steps.append(NextStep(meeting, line, Button(_("Attendance"), ShowAttendance())))
    if ready.misplaced:
        line = _n("{count} person to place anew", "{count} people to place anew", ready.misplaced)
        over = request.settings.gathering.day_begins(round_.day + timedelta(days=1))
        steps.append(NextStep(meeting if ahead else over, line, repair_button(round_.number, round_.day)))
    return steps


async def _to_repair(request: Request, shown: Round, people: Sequence[Member], formed: Sequence[Group]) -> bool:
    """Whether a repair could move anybody: who is absent has a group, who is not has none, or a group's size is off."""
    absent = await store.absent_on(request.tx, max(shown.day, request.today).isoformat())
    grouped = {group.theme for group in formed}
    if any((each.group_id is None) != (each.id in absent) for each in people if each.theme in grouped):
        return True
    sizes = Counter(each.group_id for each in people)
    limits = {theme: await forming.limits_now(request.tx, theme, shown.number) for theme in grouped}
    return any(
        not limits[group.theme].smallest <= sizes[group.id] <= limits[group.theme].largest
        for group in formed
        if not group.locked
    )


def _theme_line(theme: Theme, people: Sequence[Member], formed: Sequence[Group]) -> Span:
    """How many people and groups a theme has, and who is in none."""
    mine = [person for person in people if person.theme == theme.key]
    title, count = Localised(theme.title), sum(group.theme == theme.key for group in formed)
    if not mine:
        return _("{theme}: nobody yet", theme=title)
    counted = _n("{count} person", "{count} people", len(mine))
    if not count:
        return _("{theme}: {people}, no groups yet", theme=title, people=counted)
    placed = Counter(person.group_id is not None for person in mine)
    in_groups = _n("{count} group", "{count} groups", count)
    if placed[False]:
        return _(
            "{theme}: {people}, {groups}, {missing} without a group",
            theme=title,
            people=counted,
            groups=in_groups,
            missing=placed[False],
        )
    return _("{theme}: {people}, {groups}", theme=title, people=counted, groups=in_groups)
