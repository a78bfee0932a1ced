"""Repairing the groups on the day: who is absent leaves, who is here gets a group, and as few as possible move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.clock import from_micros
from bot.domain.groups import Group, Member
from bot.domain.participants import Participant
from bot.errors import Stale, UserError
from bot.forming import repair_wishes, request_groups
from bot.forming_work import compute
from bot.grouping.model import Level
from bot.proposals import Formed, Proposal, Proposed
from bot.routes import ORGANISER, Request, Routes, Transaction
from bot.storage import groups, proposals
from bot.storage.proposals import Stored
from bot.texts import Name, Span, Strong, Text, _, _n
from bot.views import Button, Reply, View, reply
from handlers.organising.group_links import GROUPS, KeepProposal, Redo, ShowProposal
from handlers.organising.layout import BACK
from handlers.organising.layout_groups import AskRepair, ShowAttendance, a_round, in_words
from handlers.organising.proposal_words import known, theme_lines
from handlers.organising.proposing import mends

routes = Routes()

_MOST_LINES = 30
_ATTENDANCE = Button(_("Attendance"), ShowAttendance())


@dataclass(frozen=True, slots=True)
class _Step:
    """Someone whose group a repair changes: from a group's number to another's, None for no group."""

    person: Member
    origin: int | None
    target: int | None


@routes.action(AskRepair, who=ORGANISER)
async def ask_repair(request: Request, action: AskRepair) -> Reply:
    """Have the fewest moves computed; nothing changes until they are kept."""
    round_ = await a_round(request, action.round)
    try:
        day = date.fromordinal(action.day)
    except (ValueError, OverflowError):
        raise Stale from None
    wishes = await repair_wishes(request.tx, round_.number, day.isoformat())
    return reply(
        _("I am looking for the fewest moves: a proposal comes in a moment. Nothing changes until you keep it."),
        buttons=(_ATTENDANCE, GROUPS, BACK),
        job=await request_groups(request.tx, request.settings, wishes, request.reader, request.now),
    )


@routes.job("repair", work=compute)
async def repair_is_found(tx: Transaction, organiser: Participant, result: Mapping[str, Any]) -> View:
    """Who would move, from where to where, and how few that is."""
    if not organiser.organises:
        raise UserError(_("This is for the organisers. A question? Write to the team with /equipe."))
    proposal: Proposal = result["proposal"]
    proposal_id = await proposals.add(tx, organiser.id, proposal, from_micros(result["now"]))
    about = await known(tx, proposal)
    number = proposal.wishes.round
    people = {each.id: each for each in await groups.people(tx, number)}
    formed = {each.id: each for each in await groups.of_round(tx, number)}
    lines: list[Span] = [
        Strong(_("To repair the groups, {date}", date=in_words(date.fromisoformat(proposal.wishes.day)))),
    ]
    changed = False
    for proposed in proposal.themes:
        theme = about.theme(proposed.theme)
        if proposed.failed or not proposed.rounds:
            lines += theme_lines(proposed, about)
            continue
        steps = list(_steps(proposed.rounds[0], proposed, people, formed))
        if steps:
            changed = True
            lines += [Strong(_("{theme}:", theme=theme)), *_said(steps), _bound(proposed.rounds[0])]
    if not changed:
        lines.append(_("Nobody has to move."))
    else:
        lines.append(_("Nothing changes until you keep it. Those concerned are told, nobody else."))
    keep = (Button(_("Keep"), KeepProposal(proposal_id), style="primary"), Button(_("Redo"), Redo(proposal_id)))
    look = Button(_("See all groups"), ShowProposal(proposal_id))
    decide = (*keep, look) if changed else ()
    remedies = mends(Stored(proposal_id, proposal, kept=False), about)
    return View(tuple(lines), (*decide, *remedies, _ATTENDANCE, GROUPS, BACK))


def _steps(
    found: Formed, proposed: Proposed, people: Mapping[int, Member], formed: Mapping[int, Group]
) -> Iterable[_Step]:
    """Everyone of a theme whose group would be another: moves first, then who comes in, then who leaves."""
    target = {each: number for number, members in found.groups.items() for each in members}
    steps = []
    for person in people.values():
        if person.theme == proposed.theme:
            group = formed.get(person.group_id or 0)
            step = _Step(person, group.number if group else None, target.get(person.id))
            if step.origin != step.target:
                steps.append(step)
    return sorted(steps, key=lambda step: (step.target is None, step.origin is None, step.person.full_name))


def _said(steps: list[_Step]) -> Iterable[Span]:
    yield from map(_line, steps[:_MOST_LINES])
    if len(steps) > _MOST_LINES:
        more = len(steps) - _MOST_LINES
        yield _n("… and {count} more person", "… and {count} more people", more)


def _line(step: _Step) -> Text:
    name = Name(step.person.full_name)
    if step.target is None:
        return _("{name}: out of group {origin}", name=name, origin=step.origin or 0)
    if step.origin is None:
        return _("{name}: into group {target}", name=name, target=step.target)
    return _("{name}: group {origin} → group {target}", name=name, origin=step.origin, target=step.target)


def _bound(found: Formed) -> Text:
    moves = next(each for each in found.measures if each.level is Level.MOVES)
    if moves.optimal:
        return _n(
            "{count} person changes group: fewer is not possible.",
            "{count} people change group: fewer is not possible.",
            moves.value,
        )
    return _n(
        "{count} person changes group; at least {bound} must.",
        "{count} people change group; at least {bound} must.",
        moves.value,
        bound=moves.proven,
    )
