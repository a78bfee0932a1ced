"""Screens to request pictures of groups, and door lists: a page to print for each group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.clock import from_micros, to_micros
from bot.content.errors import Stale, UserError
from bot.content.texts import Localised, Moment, Reader, Territory, _, _n, plain
from bot.content.views import Button, File, JobRequest, Reply, View, reply_with_job
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.people.declared import Declared
from bot.people.participants import Participant
from handlers.groups.actions import BACK_TO_GROUPS, DrawProposal, ShowGroups
from handlers.groups.drawing import DoorList, DrawnTheme, plan_day, plan_group, plan_members, plan_theme
from handlers.groups.jobs import draw_plans, make_lists
from handlers.groups.messages.cards import day, room_line, title
from handlers.groups.messages.proposals import ProposalNames, names_of, without_picture
from handlers.groups.model import Group, Member, Proposal
from handlers.groups.organiser.layout import group_label, require_round
from handlers.groups.organiser.room_conflicts import room_conflicts
from handlers.groups.store import proposals
from handlers.groups.store.groups import groups_of_round, groups_with_themes
from handlers.groups.store.members import people_with_theme, sorted_by_name
from handlers.groups.store.proposals import StoredProposal
from handlers.groups.store.rounds import find_round
from handlers.navigation.actions import BACK
from handlers.themes.model import Theme
from handlers.themes.store import all_themes

routes = Routes()

_NO_GROUPS = _("There are no groups yet: form them first.")


@routes.press("gva", who=ORGANISER)
async def draw_groups(request: Request, round_id: int) -> Reply:
    """Request a picture of the groups of one day (a round). It comes later, in a new message."""
    round_ = await require_round(request, round_id)
    if not await groups_of_round(request.tx, round_.number):
        raise UserError(_NO_GROUPS, buttons=BACK_TO_GROUPS)
    return _drawing(request, {"round": round_.number})


@routes.press(DrawProposal, who=ORGANISER)
async def draw_proposal(request: Request, proposal: int) -> Reply:
    """Request a picture of the groups in a proposal; if it is for several days, only the first day's are drawn."""
    stored = await _proposal(request.tx, proposal, request.now)
    if not any(proposed.rounds for proposed in stored.proposal.themes):
        raise UserError(_NO_GROUPS, buttons=BACK_TO_GROUPS)
    return _drawing(request, {"proposal": stored.id, "now": to_micros(request.now)})


async def _proposal(tx: Transaction, proposal_id: int, now: datetime) -> StoredProposal:
    """Return a proposal. Raises UserError if it is more than a day old."""
    stored = await proposals.find_proposal(tx, proposal_id, now)
    if stored is None:
        raise UserError(_("This proposal is more than a day old. Form groups again."), buttons=BACK_TO_GROUPS)
    return stored


def _drawing(request: Request, what: Mapping[str, Any]) -> Reply:
    return reply_with_job(
        _("I am drawing the groups. They will be here in a moment."),
        buttons=BACK_TO_GROUPS,
        job=JobRequest("plan", _payload(request, what)),
    )


def _payload(request: Request, what: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the payload of a job: what is to be drawn, by ids, and for whom."""
    reader = [request.reader.locale, request.reader.zone]
    return {**what, "reader": reader, **request.settings.gathering.look(request.locale)}


async def read_plan(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Complete the payload of a job with the `themes` and the `day` to draw, as the database has them now.

    Raises UserError if the groups were deleted. Only other jobs use `_declared`.
    """
    if "reader" not in payload:  # asked for by a version that stored the words
        return payload
    reader = Reader(*payload["reader"])
    if "round" in payload:
        themes, when = await _themes_of_round(tx, payload["round"], reader)
    else:
        proposal = (await _proposal(tx, payload["proposal"], from_micros(payload["now"]))).proposal
        names = await names_of(tx, proposal)
        themes, when = _themes_of_proposal(proposal, names, reader), plan_day(proposal, reader)
    if not themes:
        raise UserError(_NO_GROUPS, buttons=BACK_TO_GROUPS)
    return {**payload, "themes": themes, "day": when}


def _themes_of_proposal(proposal: Proposal, names: ProposalNames, reader: Reader) -> Sequence[DrawnTheme]:
    return [
        plan_theme(names.themes[proposed.theme].title, proposed, names.people, reader)
        for proposed in proposal.themes
        if proposed.rounds and proposed.theme in names.themes
    ]


async def _themes_of_round(tx: Transaction, number: int, reader: Reader) -> tuple[Sequence[DrawnTheme], str]:
    """Return the themes with groups in a round (one day), and that day in words."""
    round_ = await find_round(tx, number)
    everyone = await people_with_theme(tx, number)
    groups = await groups_of_round(tx, number) if round_ else ()
    themes: list[DrawnTheme] = []
    for theme in await all_themes(tx):
        members = {
            group: [person for person in everyone if person.group_id == group.id]
            for group in groups
            if group.theme == theme.key
        }
        count = sum(map(len, members.values()))
        drawn = DrawnTheme(
            title=plain(Localised(theme.title), reader),
            lines=[plain(_n("{count} person", "{count} people", count), reader)],
            groups=[plan_group(group_label(group), plan_members(people), reader) for group, people in members.items()],
        )
        themes += [drawn] if members else []
    return themes, plain(day(round_), reader) if round_ else ""


@routes.job("plan", work=draw_plans, read=read_plan)
async def groups_are_drawn(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the pictures that a job drew. Only other jobs use `_tx` and `_organiser`."""
    lines = (_("The groups as a picture."), *without_picture(result["left_out"]))
    return View(lines, BACK_TO_GROUPS, attachments=result["pictures"])


@routes.press("gvc", who=ORGANISER)
async def print_lists(request: Request, round_id: int) -> Reply:
    """Request the door lists of one day's groups: a page for each group, with its title, room, time and members."""
    round_ = await require_round(request, round_id)
    if not await groups_of_round(request.tx, round_.number):
        raise Stale
    return reply_with_job(
        _("I am making the lists for the doors, a page for each group. They will be here in a moment."),
        *await room_conflicts(request.tx, round_),
        buttons=(Button(_("Groups"), ShowGroups(round_.number)), BACK),
        job=JobRequest("doors", _payload(request, {"round": round_.number})),
    )


async def read_lists(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Complete the payload of a job with the door `lists` to print, as the database has them now.

    Raises UserError if there are no groups. Only other jobs use `_declared`.
    """
    if "reader" not in payload:  # asked for by a version that stored the words
        return payload
    reader, round_ = Reader(*payload["reader"]), await find_round(tx, payload["round"])
    groups = await groups_with_themes(tx, payload["round"])
    if round_ is None or not groups:
        raise UserError(_NO_GROUPS, buttons=BACK_TO_GROUPS)
    everyone = await people_with_theme(tx, round_.number)
    when = plain(Moment(round_.meets_at) if round_.meets_at else day(round_), reader)
    lists = [
        _door_list(group, theme, when, [person for person in everyone if person.group_id == group.id], reader)
        for group, theme in groups
    ]
    return {**payload, "lists": lists}


def _door_list(group: Group, theme: Theme, when: str, members: Iterable[Member], reader: Reader) -> DoorList:
    names = (plain(Localised(theme.title), reader), group.name)
    return {
        "title": plain(title(group, theme), reader),
        "theme": " · ".join(filter(None, names)),
        "number": group.number,
        "lines": [plain(room_line(group.room), reader), when] if group.room else [when],
        "members": [
            (member.name, plain(Territory(member.territory), reader) if member.territory else "")
            for member in sorted_by_name(members)
        ],
    }


@routes.job("doors", work=make_lists, read=read_lists)
async def lists_are_made(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the file of door lists that a job made. Only other jobs use `_tx` and `_organiser`."""
    line = _n(
        "{count} list for the doors, to be printed.", "{count} lists for the doors, to be printed.", result["count"]
    )
    file = File(_("doors.pdf"), result["content"], "application/pdf")
    return View((line,), BACK_TO_GROUPS, attachments=(file,))
