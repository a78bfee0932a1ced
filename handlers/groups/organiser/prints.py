"""Screens to request pictures of groups, and door lists: a page to print for each group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.content.errors import Stale, UserError
from bot.content.texts import Localised, Moment, Territory, _, _n, plain
from bot.content.views import Button, File, JobRequest, Reply, View, reply_with_job
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.people.participants import Participant
from handlers.groups.actions import BACK_TO_GROUPS, DrawGroups, DrawProposal, PrintLists, ShowGroups
from handlers.groups.drawing import DoorList, DrawnTheme, plan_day, plan_group, plan_members, plan_theme
from handlers.groups.jobs import draw_plans, make_lists
from handlers.groups.messages.cards import day, room_line, title
from handlers.groups.messages.proposals import names_of, without_picture
from handlers.groups.model import Group, Member
from handlers.groups.organiser.layout import group_label, require_round
from handlers.groups.store import proposals
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.members import people_with_theme, sorted_by_name
from handlers.navigation.actions import BACK
from handlers.themes.model import Theme
from handlers.themes.store import all_themes

routes = Routes()


@routes.action(DrawGroups, who=ORGANISER)
async def draw_groups(request: Request, action: DrawGroups) -> Reply:
    """Request a picture of the groups of one day (a round). It comes later, in a new message."""
    round_ = await require_round(request, action.round)
    everyone = await people_with_theme(request.tx, round_.number)
    groups = await groups_of_round(request.tx, round_.number)
    themes: list[DrawnTheme] = []
    for theme in await all_themes(request.tx):
        members = {
            group: [person for person in everyone if person.group_id == group.id]
            for group in groups
            if group.theme == theme.key
        }
        count = sum(map(len, members.values()))
        drawn = DrawnTheme(
            title=plain(Localised(theme.title), request.reader),
            lines=[plain(_n("{count} person", "{count} people", count), request.reader)],
            groups=[
                plan_group(group_label(group), plan_members(people), request.reader)
                for group, people in members.items()
            ],
        )
        themes += [drawn] if members else []
    return _drawing(request, themes, plain(day(round_), request.reader))


@routes.action(DrawProposal, who=ORGANISER)
async def draw_proposal(request: Request, action: DrawProposal) -> Reply:
    """Request a picture of the groups in a proposal; if the proposal is for several days, of the first."""
    stored = await proposals.find_proposal(request.tx, action.proposal, request.now)
    if stored is None:
        raise UserError(_("This proposal is more than a day old. Form groups again."), buttons=BACK_TO_GROUPS)
    names = await names_of(request.tx, stored.proposal)
    themes = [
        plan_theme(names.themes[proposed.theme].title, proposed, names.people, request.reader)
        for proposed in stored.proposal.themes
        if proposed.rounds and proposed.theme in names.themes
    ]
    return _drawing(request, themes, plan_day(stored.proposal, request.reader))


def _drawing(request: Request, themes: Sequence[DrawnTheme], day: str) -> Reply:
    if not themes:
        raise UserError(_("There are no groups yet: form them first."), buttons=BACK_TO_GROUPS)
    return reply_with_job(
        _("The groups are being drawn. They come in a moment."),
        buttons=BACK_TO_GROUPS,
        job=JobRequest("plan", {"themes": themes, "day": day, **request.settings.gathering.look(request.locale)}),
    )


@routes.job("plan", work=draw_plans)
async def groups_are_drawn(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the pictures that a job drew: one or several for each theme."""
    lines = (_("The groups as a picture."), *without_picture(result["left_out"]))
    return View(lines, BACK_TO_GROUPS, attachments=result["pictures"])


@routes.action(PrintLists, who=ORGANISER)
async def print_lists(request: Request, action: PrintLists) -> Reply:
    """Request the door lists of one day's groups: a page for each group, with its title, room, time and members."""
    round_ = await require_round(request, action.round)
    everyone = await people_with_theme(request.tx, round_.number)
    offered = {theme.key: theme for theme in await all_themes(request.tx)}
    when = plain(Moment(round_.meets_at) if round_.meets_at else day(round_), request.reader)
    lists = [
        _door_list(
            group, offered[group.theme], when, [person for person in everyone if person.group_id == group.id], request
        )
        for group in await groups_of_round(request.tx, round_.number)
    ]
    if not lists:
        raise Stale
    return reply_with_job(
        _("The lists for the doors are being made: a page for each group. They come in a moment."),
        buttons=(Button(_("Groups"), ShowGroups(round_.number)), BACK),
        job=JobRequest("doors", {"lists": lists, **request.settings.gathering.look(request.locale)}),
    )


def _door_list(group: Group, theme: Theme, when: str, members: Iterable[Member], request: Request) -> DoorList:
    names = (plain(Localised(theme.title), request.reader), group.name)
    return {
        "title": plain(title(group, theme), request.reader),
        "theme": " · ".join(filter(None, names)),
        "number": group.number,
        "lines": [plain(room_line(group.room), request.reader), when] if group.room else [when],
        "members": [
            (member.name, plain(Territory(member.territory), request.reader) if member.territory else "")
            for member in sorted_by_name(members)
        ],
    }


@routes.job("doors", work=make_lists)
async def lists_are_made(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the file of door lists that a job made."""
    line = _n(
        "{count} list for the doors, to be printed.", "{count} lists for the doors, to be printed.", result["count"]
    )
    file = File(_("doors.pdf"), result["content"], "application/pdf")
    return View((line,), BACK_TO_GROUPS, attachments=(file,))
