"""Screens to repair groups on a day: absent people leave and others get a group, with as few moves as possible.

A repair is a proposal of groups: nothing changes until an organiser applies it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.clock import from_micros
from bot.content.errors import existing_day
from bot.content.names import collation
from bot.content.texts import Listing, Moment, Span, Strong, Text, _, _n
from bot.content.views import Button, Reply, View, reply
from bot.conversation.routes import ORGANISER, Request, Routes, Transaction
from bot.people.naming import called
from bot.people.participants import Participant
from handlers.attendance.actions import ATTENDANCE
from handlers.groups.actions import GROUPS, AskRepair, KeepProposal, Redo, ShowProposal
from handlers.groups.jobs import compute
from handlers.groups.messages.proposals import (
    FEWER_RULES,
    FORMING_SECONDS,
    MOST_MENDS,
    mend_buttons,
    names_of,
    remedy_lines,
    theme_lines,
)
from handlers.groups.model import FormedGroups, Group, Member, Proposal, Proposed, Round
from handlers.groups.organiser.layout import require_round
from handlers.groups.service import membership
from handlers.groups.service.forming import repair_wishes, request_groups
from handlers.groups.service.proposals import absent_for
from handlers.groups.solver.model import Level
from handlers.groups.store import proposals, rounds
from handlers.groups.store.groups import groups_of_round
from handlers.groups.store.members import people_with_theme
from handlers.groups.store.proposals import StoredProposal
from handlers.navigation.actions import BACK

routes = Routes()

_MOST_LINES = 30
_MOST_ABSENT = 12


@dataclass(frozen=True, slots=True)
class _Step:
    """A person whose group a repair changes, from group number `origin` to `target`; None is for no group."""

    person: Member
    origin: int | None
    target: int | None


@routes.press(AskRepair, who=ORGANISER)
async def ask_repair(request: Request, round_id: int, ordinal: int) -> Reply:
    """Request a repair: a proposal in which absent people leave their groups and as few others as possible move.

    `ordinal` is the number of the day of the attendance, `date.toordinal()`. Nothing changes until an organiser applies
    the proposal.
    """
    round_ = await require_round(request, round_id)
    wishes = await repair_wishes(request.tx, round_.number, existing_day(ordinal).isoformat())
    return reply(
        _("I am looking for the fewest moves: a proposal comes in a moment. Nothing changes until you keep it."),
        buttons=(ATTENDANCE, GROUPS, BACK),
        job=await request_groups(request.tx, request.settings, wishes, request.reader, request.now),
    )


@routes.job("repair", work=compute, seconds=FORMING_SECONDS, instead=FEWER_RULES)
async def repair_is_found(tx: Transaction, organiser: Participant, result: Mapping[str, Any]) -> View:
    """Store the repair (a proposal of groups) that a job computed, and return the message that shows it.

    The message tells who would move where, and whether fewer moves could suffice.
    """
    proposal: Proposal = result["proposal"]
    proposal_id = await proposals.add_proposal(tx, organiser.id, proposal, from_micros(result["now"]))
    names = await names_of(tx, proposal)
    number = proposal.wishes.round
    round_ = await rounds.find_round(tx, number)
    assert round_ is not None  # rounds are never removed while there are groups to repair
    people = {person.id: person for person in await people_with_theme(tx, number)}
    groups = {group.id: group for group in await groups_of_round(tx, number)}
    absent = await absent_for(tx, proposal)
    lines: list[Span] = [
        Strong(_("To adjust the groups, {date}", date=Moment.of_day(date.fromisoformat(proposal.wishes.day)))),
    ]
    moves: dict[int, Group | None] = {}
    changed = False
    for proposed in proposal.themes:
        if not proposed.rounds:
            lines += theme_lines(proposed, names)
            continue
        group_of = {group.number: group for group in groups.values() if group.theme == proposed.theme}
        repair = _Repair(proposed, proposed.rounds[0], group_of, tuple(_steps(proposed, people, groups)))
        if repair.steps or repair.dissolved:
            changed = True
            lines += [Strong(_("{theme}:", theme=names.theme(proposed.theme))), *_lines(repair)]
            moves |= {step.person.id: repair.group(step.target) for step in repair.steps}
    for remedy in proposal.remedies[:MOST_MENDS]:
        lines += remedy_lines(remedy, proposal, names)
    failed = any(theme.failed for theme in proposal.themes)
    if changed:
        if failed:
            lines.append(_("Themes without new groups stay as they are."))
        count = await membership.count_concerned(tx, round_, moves, untold={*absent, organiser.id})
        lines += _promise(round_, count, without_absent=None in moves.values())
    elif failed:
        lines.append(_("Nothing changes: all groups stay as they are."))
    else:
        lines.append(_("Nobody has to move."))
    keep_or_redo = (Button(_("Keep"), KeepProposal(proposal_id), style="primary"), Button(_("Redo"), Redo(proposal_id)))
    look = Button(_("See all groups"), ShowProposal(proposal_id))
    decide = (*keep_or_redo, look) if changed else ()
    remedies = mend_buttons(StoredProposal(proposal_id, proposal, applied=False), names)
    return View(tuple(lines), (*decide, *remedies, ATTENDANCE, GROUPS, BACK))


def _promise(round_: Round, count: int, *, without_absent: bool) -> Iterable[Span]:
    """Yield the lines that say how many people will be notified; absent people are not."""
    yield _("Nothing changes until you keep it.")
    if not round_.published:
        yield _("Nobody is told: these groups are not published yet.")
    elif not count:
        yield _("Nobody is told.")
    elif without_absent:
        yield _n(
            "Then {count} person will be told; people who are absent will not.",
            "Then {count} people will be told; people who are absent will not.",
            count,
        )
    else:
        yield _n(
            "Then {count} person will be told, and nobody else.",
            "Then {count} people will be told, and nobody else.",
            count,
        )


@dataclass(frozen=True, slots=True)
class _Repair:
    """What a repair does to a theme.

    `formed` are the proposed groups, `present` the present ones by number, `steps` the people whose group would change.
    """

    proposed: Proposed
    formed: FormedGroups
    present: Mapping[int, Group]
    steps: tuple[_Step, ...]

    @property
    def dissolved(self) -> Sequence[int]:
        """The numbers of the groups that the repair would delete. A locked group stays even if it is empty."""
        return sorted(n for n, group in self.present.items() if n not in self.formed.groups and not group.locked)

    @property
    def added(self) -> Sequence[int]:
        """The numbers of the groups that the repair would add."""
        return sorted(self.formed.groups.keys() - self.present.keys())

    def group(self, number: int | None) -> Group | None:
        """Return the group with this number; None if `number` is None.

        A group that the repair would add is not stored yet, so the returned group has a negative id.
        """
        if number is None:
            return None
        return self.present.get(number) or Group(-number, self.formed.round, self.proposed.theme, number)


def _steps(proposed: Proposed, people: Mapping[int, Member], groups: Mapping[int, Group]) -> Iterable[_Step]:
    """Return the people of a theme whose group would change: first those who move, then who join, then who leave."""
    target = {member: number for number, members in proposed.rounds[0].groups.items() for member in members}
    steps = []
    for person in people.values():
        if person.theme == proposed.theme:
            group = groups.get(person.group_id or 0)
            step = _Step(person, group.number if group else None, target.get(person.id))
            if step.origin != step.target:
                steps.append(step)
    return sorted(steps, key=lambda step: (step.target is None, step.origin is None, collation(step.person.full_name)))


def _lines(repair: _Repair) -> Iterable[Span]:
    """Yield what becomes of the groups, the absent people in one line, then a line for each person who moves."""
    yield from _groups_line(repair)
    absent = [_who_left(step) for step in repair.steps if step.target is None]
    if absent:
        more = len(absent) - _MOST_ABSENT
        rest = (_n("{count} more", "{count} more", more),) if more > 0 else ()
        yield _("Absent, taken out of their groups: {names}", names=Listing((*absent[:_MOST_ABSENT], *rest)))
    moving = [step for step in repair.steps if step.target is not None]
    yield from map(_line, moving[:_MOST_LINES])
    if len(moving) > _MOST_LINES:
        more = len(moving) - _MOST_LINES
        yield _n("… and {count} more person", "… and {count} more people", more)
    if repair.formed.measures:
        yield _bound(repair.formed)


def _groups_line(repair: _Repair) -> Iterable[Span]:
    if not repair.proposed.people:
        yield _("Nobody of this theme is here: its groups are dissolved.")
    elif repair.dissolved:
        numbers = sorted(repair.formed.groups)
        people = _n("{count} person remains", "{count} people remain", repair.proposed.people)
        where = (
            # L10N: The end of «Group 3 is dissolved: 4 people remain, in group 1».
            _("in group {number}", number=numbers[0])
            if len(numbers) == 1
            else _("in {count} groups", count=len(numbers))
        )
        yield _n(
            "Group {numbers} is dissolved: {people}, {where}",
            "Groups {numbers} are dissolved: {people}, {where}",
            len(repair.dissolved),
            numbers=Listing(tuple(repair.dissolved)),
            people=people,
            where=where,
        )
    if repair.added:
        yield _n(
            "Group {numbers} is new",
            "Groups {numbers} are new",
            len(repair.added),
            numbers=Listing(tuple(repair.added)),
        )


def _who_left(step: _Step) -> Text:
    return _("{name} (group {number})", name=called(step.person, "full"), number=step.origin or 0)


def _line(step: _Step) -> Text:
    name = called(step.person, "full")
    if step.origin is None:
        return _("{name}: into group {target}", name=name, target=step.target or 0)
    return _("{name}: group {origin} → group {target}", name=name, origin=step.origin, target=step.target or 0)


def _bound(formed: FormedGroups) -> Text:
    """Return the line that says how many people change group, and whether fewer could."""
    moves = next(measure for measure in formed.measures if measure.level is Level.MOVES)
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
