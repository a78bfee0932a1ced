"""Screens to request pictures of groups, and door lists: a page to print for each group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.content.errors import Stale, UserError
from bot.content.texts import Localised, Moment, Span, Territory, _, _n, plain
from bot.content.views import Button, File, JobRequest, Picture, Reply, View, reply
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.people.participants import Participant
from handlers.groups import store
from handlers.groups.actions import BACK_TO_GROUPS, DrawGroups, DrawProposal, PrintLists, ShowGroups
from handlers.groups.jobs import Block, draw_plans, make_lists
from handlers.groups.messages.cards import day, title
from handlers.groups.messages.proposals import heading, names_of
from handlers.groups.messages.solver import facts
from handlers.groups.model import Member
from handlers.groups.organiser.layout import group_label, require_round
from handlers.groups.solver.model import Placeable
from handlers.navigation.actions import BACK
from handlers.themes.store import all_themes

routes = Routes()


@routes.action(DrawGroups, who=ORGANISER)
async def draw_groups(request: Request, action: DrawGroups) -> Reply:
    """Request a picture of the groups of one day (a round). It comes later, in a new message."""
    round_ = await require_round(request, action.round)
    everyone = await store.people_with_theme(request.tx, round_.number)
    groups = await store.groups_of_round(request.tx, round_.number)
    blocks: list[Block] = []
    for theme in await all_themes(request.tx):
        drawn = [
            _group(request, group_label(group), [person for person in everyone if person.group_id == group.id])
            for group in groups
            if group.theme == theme.key
        ]
        if drawn:
            people = sum(person.theme == theme.key and person.group_id is not None for person in everyone)
            counted = _n("{count} person", "{count} people", people)
            blocks.append((_words(request, Localised(theme.title)), [_words(request, counted)], drawn))
    return _drawing(request, blocks, _words(request, day(round_)))


@routes.action(DrawProposal, who=ORGANISER)
async def draw_proposal(request: Request, action: DrawProposal) -> Reply:
    """Request a picture of the groups in a proposal; if the proposal is for several days, of the first."""
    stored = await store.find_proposal(request.tx, action.proposal, request.now)
    if stored is None:
        raise UserError(_("This proposal is more than a day old. Form groups again."), buttons=BACK_TO_GROUPS)
    names = await names_of(request.tx, stored.proposal)
    blocks: list[Block] = []
    for proposed in stored.proposal.themes:
        for formed in proposed.rounds[:1]:
            drawn = [
                _group(
                    request,
                    _("Group {number}", number=number),
                    store.sorted_by_name(names.people[member] for member in members if member in names.people),
                )
                for number, members in sorted(formed.groups.items())
            ]
            theme = names.theme(proposed.theme)
            blocks.append((_words(request, theme), [_words(request, heading(proposed, formed, theme))], drawn))
    several = len(stored.proposal.rounds) > 1
    which = _words(request, _("Day {number}", number=stored.proposal.rounds[0])) if several else ""
    return _drawing(request, blocks, which)


def _group(request: Request, name: Span, members: Sequence[Member]) -> list[Any]:
    """Return a group to draw, as JSON values: its title, members and figures."""
    counted = [_words(request, fact) for fact in facts(Placeable(str(m.id), m.territory, m.gender) for m in members)]
    return [
        _words(request, name),
        _listed(request, members),
        [" · ".join(counted[:2]), " · ".join(counted[2:])],
    ]


def _listed(request: Request, members: Iterable[Member]) -> list[list[str]]:
    return [
        [member.name, _words(request, Territory(member.territory)) if member.territory else ""]
        for member in store.sorted_by_name(members)
    ]


def _words(request: Request, span: Span) -> str:
    return plain(span, request.reader)


def _drawing(request: Request, blocks: Sequence[Block], which: str) -> Reply:
    if not blocks:
        raise UserError(_("There are no groups yet: form them first."), buttons=BACK_TO_GROUPS)
    name = request.settings.gathering.name
    payload = {"title": f"{name} · {which}" if which else name, "themes": blocks}
    return reply(
        _("The groups are being drawn. The picture comes in a moment."),
        buttons=BACK_TO_GROUPS,
        job=JobRequest("plan", payload),
        fresh=True,
        # L10N: a passing notice while a file is made
        toast=_("A moment."),
    )


@routes.job("plan", work=draw_plans)
async def groups_are_drawn(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the pictures that a job drew."""
    alt, name = _("All groups, with their members"), _("groups.png")
    pictures = tuple(Picture(picture, alt, name) for picture in result["pictures"])
    return View((_("The groups as a picture."),), BACK_TO_GROUPS, attachments=pictures)


@routes.action(PrintLists, who=ORGANISER)
async def print_lists(request: Request, action: PrintLists) -> Reply:
    """Request the door lists of one day's groups: a page for each group, with its title, room, time and members."""
    round_ = await require_round(request, action.round)
    everyone = await store.people_with_theme(request.tx, round_.number)
    offered = {theme.key: theme for theme in await all_themes(request.tx)}
    when: Span = Moment(round_.meets_at) if round_.meets_at else day(round_)
    lists = [
        [
            _words(request, title(group, offered[group.theme])),
            [*([group.room] if group.room else []), _words(request, when)],
            _listed(request, [person for person in everyone if person.group_id == group.id]),
        ]
        for group in await store.groups_of_round(request.tx, round_.number)
    ]
    if not lists:
        raise Stale
    return reply(
        _("The lists for the doors are being made: a page for each group. They come in a moment."),
        buttons=(Button(_("Groups"), ShowGroups(round_.number)), BACK),
        job=JobRequest("doors", {"gathering": request.settings.gathering.name, "lists": lists}),
        fresh=True,
        toast=_("A moment."),
    )


@routes.job("doors", work=make_lists)
async def lists_are_made(_tx: Transaction, _organiser: Participant, result: Mapping[str, Any]) -> View:
    """Return the message with the file of door lists that a job made."""
    line = _n(
        "{count} list for the doors, to be printed.", "{count} lists for the doors, to be printed.", result["count"]
    )
    file = File(_("doors.pdf"), result["content"], "application/pdf")
    return View((line,), BACK_TO_GROUPS, attachments=(file,))
