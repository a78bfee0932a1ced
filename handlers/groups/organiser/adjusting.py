"""Screens to move a person to another group, or to swap the groups of two people.

The effect is shown first, and the change is made once the organiser confirms. A round is the set of groups of one day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.content.actions import Action
from bot.content.errors import Stale, existing
from bot.content.texts import Listing, Span, Strong, Text, _
from bot.content.views import Button, Choice, Option, Reply, reply, with_lines_first
from bot.conversation.routes import ORGANISER, Request, Routes
from bot.conversation.undo import Undone, Values, changed_since, record_change
from bot.people.naming import called
from handlers.groups.actions import OpenGroup, OpenMember, ShowOthers
from handlers.groups.messages.cards import numbered, title
from handlers.groups.messages.solver import facts
from handlers.groups.model import Group, Member
from handlers.groups.organiser.effects import Moves, ThemeInRound, effect, theme_in_round, who_moved
from handlers.groups.organiser.layout import count_line, group_label, require_round, will_be_told
from handlers.groups.service import membership
from handlers.groups.solver.model import Placeable
from handlers.groups.store import groups
from handlers.groups.store.members import person_with_theme, set_pinned
from handlers.navigation.actions import BACK
from handlers.navigation.changes import inverses

routes = Routes()

_NO_GROUP = 0


@dataclass(frozen=True, slots=True)
class _Change:
    """Moves of people of one theme, which an organiser is asked to confirm.

    `question` asks, `summary` states them once they are made. `confirm` makes them, `again` chooses another group, or
    another person to swap with.
    """

    question: Text
    summary: Text
    moves: Moves
    confirm: Action
    again: Action


async def _member(request: Request, round_number: int, person_id: int) -> tuple[ThemeInRound, Member]:
    """Return the theme of a person, as it is in a round, and the person. Raises Stale if they have no theme."""
    person = existing(await person_with_theme(request.tx, round_number, person_id))
    return await theme_in_round(request, round_number, person.theme), person


@routes.press("gk", who=ORGANISER)
async def show_targets(request: Request, round_id: int, person_id: int) -> Reply:
    """Show the other groups of a person's theme in a round (one day), to choose the person's new group."""
    state, person = await _member(request, round_id, person_id)
    options = tuple(
        Option(str(group.id), group_label(group), Listing(_facts(group, state)))
        for group in state.groups.values()
        if group.id != person.group_id
    )
    if not options:
        return reply(
            _("{name}'s theme has no other group.", name=Strong(called(person, "full"))),
            buttons=(_back(round_id, person.id), BACK),
        )
    return reply(
        _("Which group should {name} join?", name=Strong(called(person, "full"))),
        choice=Choice(choose_target.to(round_id, person.id), options),
        buttons=(_back(round_id, person.id), BACK),
    )


def _facts(group: Group, state: ThemeInRound) -> tuple[Text, ...]:
    members = [person for person in state.people.values() if person.group_id == group.id]
    return facts(Placeable(str(member.id), member.territory, member.gender) for member in members) or (_("nobody"),)


@routes.pick("gka", who=ORGANISER, sent_with_press=False)
async def choose_target(request: Request, group_id: int, round_id: int, person_id: int) -> Reply:
    """Show the effect of moving a person to the chosen group of a round (one day), and ask for confirmation."""
    state, person = await _member(request, round_id, person_id)
    return await _preview(request, state, _move(state, person, group_id))


@routes.press("gkb", who=ORGANISER)
async def take_out(request: Request, round_id: int, person_id: int) -> Reply:
    """Show the effect of taking a person out of their group of a round (one day), and ask for confirmation."""
    state, person = await _member(request, round_id, person_id)
    return await _preview(request, state, _move(state, person, _NO_GROUP))


async def preview_swap(request: Request, round_number: int, person_id: int, other_id: int) -> Reply:
    """Show the effect of swapping the groups of two people in a round (one day), and ask for confirmation."""
    state, person = await _member(request, round_number, person_id)
    return await _preview(request, state, _swap(state, person, other_id))


@routes.press("gkc", who=ORGANISER)
async def move(request: Request, round_id: int, person_id: int, group: int, seen: str) -> Reply:
    """Move a person to the group with the id `group`, after the organiser confirmed it; 0 takes the person out.

    `seen` is the digest of what the organiser was shown. If that has changed since, nobody is moved, and the organiser
    is asked again.
    """
    state, person = await _member(request, round_id, person_id)
    return await _apply(request, state, _move(state, person, group), seen)


@routes.press("gkd", who=ORGANISER)
async def swap(request: Request, round_id: int, person_id: int, other_id: int, seen: str) -> Reply:
    """Swap the groups of two people, after the organiser confirmed it.

    `seen` is the digest of what the organiser was shown. If that has changed since, nobody is swapped, and the
    organiser is asked again. A second press of the button changes nothing.
    """
    state, person = await _member(request, round_id, person_id)
    mine, other = state.group_of(person.id), state.people.get(other_id)
    if mine is None or other is None or state.group_of(other.id) in (None, mine):
        return reply(await who_moved(request, state), buttons=(_back(round_id, person.id), BACK))
    change = _swap(state, person, other_id)
    if seen.startswith(state.moved(change.moves).placed):  # pressed twice: what was confirmed is what swapped them
        return reply(_("Nothing was changed."), buttons=(_back(round_id, person.id), BACK), toast=_("Already done."))
    return await _apply(request, state, change, seen)


def _move(state: ThemeInRound, person: Member, group_id: int) -> _Change:
    target = state.groups.get(group_id)
    if target is None and group_id != _NO_GROUP:
        raise Stale
    former = state.group_of(person.id)
    name = called(person, "full")
    summary = (
        _("{name} is in {group}", name=name, group=title(target, state.theme))
        if target
        else _("{name} has no group now", name=name)
    )
    if target and former:
        question = _(
            "Move {name} from {origin} to {target}?", name=name, origin=numbered(former), target=numbered(target)
        )
    elif target:
        question = _("Put {name} in {target}?", name=name, target=numbered(target))
    else:
        question = _("Take {name} out of their group? They will have none.", name=name)
    confirm = move.to(state.round.number, person.id, group_id, state.seen)
    return _Change(question, summary, {person.id: target}, confirm, show_targets.to(state.round.number, person.id))


def _swap(state: ThemeInRound, person: Member, other_id: int) -> _Change:
    other = state.people.get(other_id)
    mine, theirs = state.group_of(person.id), state.group_of(other_id) if other else None
    if other is None or mine is None or theirs is None or mine == theirs:
        raise Stale
    first, second = called(person, "full"), called(other, "full")
    question = _(
        "Swap {first} ({one}) and {second} ({two})?",
        first=first,
        one=numbered(mine),
        second=second,
        two=numbered(theirs),
    )
    summary = _("{first} and {second} swapped groups", first=first, second=second)
    confirm = swap.to(state.round.number, person.id, other.id, state.seen)
    again = ShowOthers(state.round.number, person.id, "swap")
    return _Change(question, summary, {person.id: theirs, other.id: mine}, confirm, again)


async def _preview(request: Request, state: ThemeInRound, change: _Change) -> Reply:
    """Show what a change would do and how many people would be notified. Nothing is changed yet."""
    person_id = next(iter(change.moves))
    concerned = await membership.count_concerned(request.tx, state.round, change.moves, {request.participant.id})
    return reply(
        Strong(change.question),
        *effect(state, change.moves),
        will_be_told(state.round, concerned),
        buttons=(
            # L10N: a button, a verb: do what was read back
            Button(_("Confirm"), change.confirm, style="primary"),
            # L10N: A button. It chooses another group, or another person to swap with.
            Button(_("Choose another"), change.again),
            _back(state.round.number, person_id),
            BACK,
        ),
    )


async def _apply(request: Request, state: ThemeInRound, change: _Change, seen: str) -> Reply:
    here = (_back(state.round.number, next(iter(change.moves))), BACK)
    if all(state.group_of(person) == target for person, target in change.moves.items()):
        return reply(_("Nothing was changed."), buttons=here, toast=_("Already done."))
    if seen != state.seen:
        in_place = seen.startswith(state.placed)
        why = _("This was changed meanwhile, so nothing was saved.") if in_place else await who_moved(request, state)
        return with_lines_first(await _preview(request, state, change), why)
    notified = await membership.change_groups(
        request.tx, state.round, change.moves, request.now, by=request.participant.id
    )
    moved = await theme_in_round(request, state.round.number, state.theme.key)
    values = {"before": _as_values(state, change.moves), "after": _as_values(moved, change.moves)}
    undo = await record_change(request, state.subject, change.summary, restore_members.to(state.round.number), values)
    touched = {group.id: group for group in change.moves.values() if group}
    groups_of = tuple(Button(group_label(group), OpenGroup(group.id)) for group in touched.values())
    told = count_line(state.round, notified)
    return reply(Strong(change.summary), *told, buttons=(undo, *groups_of, *here), toast=_("Saved."))


def _as_values(state: ThemeInRound, people: Iterable[int]) -> list[list[int]]:
    """Return where people are, as JSON values: participant id, group id (0 for none), and whether pinned."""
    members = [state.people[person] for person in people]
    return [[member.id, member.group_id or _NO_GROUP, int(member.pinned)] for member in members]


@inverses.declare("gkr")
async def restore_members(request: Request, values: Values, round_id: int) -> Undone:
    """Move people back to their former groups of a round (one day).

    Raises UserError, and moves nobody, if one of them was moved again or a former group was deleted.
    """
    round_ = await require_round(request, round_id)
    moves: dict[int, Group | None] = {}
    lines: list[Span] = []
    for person_id, group_id, pinned in values["after"]:
        person = await person_with_theme(request.tx, round_id, person_id)
        if person is None or [person.group_id or _NO_GROUP, int(person.pinned)] != [group_id, pinned]:
            raise changed_since()
    for person_id, group_id, _pinned in values["before"]:
        person = await person_with_theme(request.tx, round_id, person_id)
        group = await groups.find_group(request.tx, group_id) if group_id else None
        if person is None or (group_id and (group is None or group.theme != person.theme)):
            raise changed_since()
        moves[person_id] = group
        name = called(person, "full")
        lines.append(
            _("{name} is in {group} again", name=name, group=numbered(group))
            if group
            else _("{name} has no group again", name=name)
        )
    await membership.change_groups(request.tx, round_, moves, request.now, by=request.participant.id)
    for person_id, group_id, pinned in values["before"]:
        if group_id:
            await set_pinned(request.tx, person_id, round_id, bool(pinned))
    back = {group.id: Button(group_label(group), OpenGroup(group.id)) for group in moves.values() if group}
    return Undone(tuple(lines), (*back.values(), _back(round_id, next(iter(moves)))))


def _back(round_number: int, person_id: int) -> Button:
    return Button(_("Back"), OpenMember(round_number, person_id))
