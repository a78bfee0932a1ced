"""Applies a proposal of groups, and undoes that: all groups of a theme and round (day) are replaced at once.

People are notified if the groups are published. The groups before and after are described as JSON values (`Shape`),
which the journal stores; undoing compares them with the present groups.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.database.engine import Transaction
from bot.delivery import outbox
from bot.people import facilitator_store
from handlers.attendance.store.marks import absent_on
from handlers.groups.model import Group, Groups, Proposal, Round
from handlers.groups.service import membership
from handlers.groups.store.groups import add_group, groups_of_round, remove_group, rename_group, set_locked, set_room
from handlers.groups.store.members import group_of, person_with_theme, placements_of_round, set_pinned
from handlers.groups.store.rounds import all_rounds
from handlers.themes.store import find_theme

ThemeOfRound = tuple[int, str]
"""A round's number and a theme's key, which together stand for the theme's groups of one day."""
Shape = Mapping[str, Any]
"""The groups of some themes and days as JSON values: numbers, names, rooms, locks, members and pins."""


@dataclass(frozen=True, slots=True)
class AppliedProposal:
    """The result of applying a proposal: the groups before and after, and how many people are notified."""

    before: Shape
    after: Shape
    notified: int

    @property
    def changed(self) -> Mapping[str, int]:
        """How many groups of each theme are new or have other members than before; other themes are left out."""
        before, after = _members(self.before), _members(self.after)
        return Counter(group[1] for group, members in after.items() if before.get(group) != members)

    @property
    def dissolved(self) -> int:
        """The number of groups that existed before and were deleted."""
        return len(_members(self.before).keys() - _members(self.after).keys())


async def apply_proposal(tx: Transaction, proposal: Proposal, now: datetime, *, by: int) -> AppliedProposal:
    """Give each theme the groups proposed for it, and delete the groups of themes that the proposal lets wait.

    Themes for which no groups were found keep their present groups; locked groups stay too. The caller must check first
    that the facts still have the proposal's digest. `by` is the id of the organiser, who is not notified.
    """
    wanted: dict[ThemeOfRound, Groups] = {}
    for proposed in proposal.themes:
        for formed in proposed.rounds:
            wanted[formed.round, proposed.theme] = formed.groups
    for theme_of_round in await _empty(tx, proposal):
        wanted[theme_of_round] = await _locked(tx, *theme_of_round)
    before = await shape_of(tx, wanted)
    notified = await _arrange(tx, wanted, now, by=by, untold=await absent_for(tx, proposal))
    return AppliedProposal(before, await shape_of(tx, wanted), notified)


async def absent_for(tx: Transaction, proposal: Proposal) -> frozenset[int]:
    """Return the ids of absent people whom a repair leaves out and does not notify; empty for other proposals."""
    return await absent_on(tx, proposal.wishes.day) if proposal.wishes.day else frozenset()


async def restore_groups(
    tx: Transaction, before: Shape, after: Shape, now: datetime, *, by: int, untold: Collection[int] = ()
) -> bool:
    """Undo a proposal: restore the groups of `before`, provided that the present groups are still as in `after`.

    Returns False, and changes nothing, if the groups have changed since or people no longer fit into the former ones.
    Neither the organiser with the id `by` nor the people `untold` (ids) are notified.
    """
    themes_of_rounds = [(number, theme) for number, theme, _published, _groups in after["places"]]
    if await shape_of(tx, themes_of_rounds) != after or not await _fits(tx, before, themes_of_rounds):
        return False
    wanted: dict[ThemeOfRound, Groups] = {
        (number, theme): {group[0]: tuple(person for person, _pinned in group[4]) for group in groups}
        for number, theme, _published, groups in before["places"]
    }
    await _arrange(tx, wanted, now, by=by, untold=untold)
    for number, theme, _published, groups in before["places"]:
        by_number = {group.number: group for group in await groups_of_round(tx, number) if group.theme == theme}
        for group_number, name, room, locked, members in groups:
            group = by_number[group_number]
            await rename_group(tx, group.id, name)
            await set_room(tx, group.id, room)
            await set_locked(tx, group.id, bool(locked))
            for person, pinned in members:
                await set_pinned(tx, person, number, bool(pinned))
    return True


async def shape_of(tx: Transaction, themes_of_rounds: Iterable[ThemeOfRound]) -> Shape:
    """Return the present groups of some themes and rounds as JSON values.

    `themes_of_rounds` holds pairs of a round's number (a day) and a theme's key.
    """
    wanted = sorted(themes_of_rounds)
    rounds = {round_.number: round_ for round_ in await all_rounds(tx)}
    shape = []
    for number in sorted({number for number, _theme in wanted}):
        members: dict[int, list[list[int]]] = defaultdict(list)
        for person, group_id, pinned in await placements_of_round(tx, number):
            members[group_id].append([person, int(pinned)])
        groups: dict[str, list[list[Any]]] = defaultdict(list)
        for group in await groups_of_round(tx, number):
            groups[group.theme].append([group.number, group.name, group.room, int(group.locked), members[group.id]])
        shape += [
            [number, theme, int(rounds[number].published), groups[theme]] for other, theme in wanted if other == number
        ]
    return {"places": shape}


async def _fits(tx: Transaction, before: Shape, themes_of_rounds: Collection[ThemeOfRound]) -> bool:
    """Return whether everyone in the groups of `before` still has that theme, and is in no group of another theme."""
    for (number, theme, _group), members in _members(before).items():
        if await find_theme(tx, theme) is None:
            return False
        for member in members:
            person = await person_with_theme(tx, number, member)
            group = await group_of(tx, member, number)
            if person is None or person.theme != theme or (group and (number, group.theme) not in themes_of_rounds):
                return False
    return True


def _members(shape: Shape) -> Mapping[tuple[int, str, int], frozenset[int]]:
    """Return the members of each group, by round, theme and number."""
    return {
        (number, theme, group[0]): frozenset(person for person, _pinned in group[4])
        for number, theme, _published, groups in shape["places"]
        for group in groups
    }


async def _empty(tx: Transaction, proposal: Proposal) -> Sequence[ThemeOfRound]:
    """Return the themes of rounds that must lose their groups: those that wait, or that nobody has any more."""
    if proposal.wishes.kind == "repair":
        return ()
    proposed_for = {proposed.theme: proposed for proposed in proposal.themes}
    empty: list[ThemeOfRound] = []
    for number in proposal.rounds:
        for theme in dict.fromkeys(group.theme for group in await groups_of_round(tx, number)):
            failed = proposed_for[theme].failed if theme in proposed_for else None
            if theme not in proposed_for or (failed and failed.why == "waits"):
                empty.append((number, theme))
    return empty


async def _locked(tx: Transaction, number: int, theme: str) -> Groups:
    """Return the locked groups of a theme in a round, which stay whatever is formed."""
    placements = await placements_of_round(tx, number)
    return {
        group.number: tuple(person for person, group_id, _pinned in placements if group_id == group.id)
        for group in await groups_of_round(tx, number)
        if group.theme == theme and group.locked
    }


async def _arrange(
    tx: Transaction, wanted: Mapping[ThemeOfRound, Groups], now: datetime, *, by: int, untold: Collection[int]
) -> int:
    """Make the groups as they are `wanted`, round by round, so that nobody gets two messages about one round.

    Returns how many people are notified.
    """
    notified = 0
    for round_ in await all_rounds(tx):
        targets = {theme: target for (number, theme), target in wanted.items() if number == round_.number}
        if targets:
            notified += await _arrange_round(tx, round_, targets, now, by=by, untold=untold)
    return notified


async def _arrange_round(
    tx: Transaction, round_: Round, wanted: Mapping[str, Groups], now: datetime, *, by: int, untold: Collection[int]
) -> int:
    groups = await groups_of_round(tx, round_.number)
    by_number = {(group.theme, group.number): group for group in groups}
    moves: dict[int, Group | None] = {
        person: None
        for person, group_id, _pinned in await placements_of_round(tx, round_.number)
        if any(group.id == group_id and group.theme in wanted for group in groups)
    }
    for theme, target in wanted.items():
        for number, members in sorted(target.items()):
            group = by_number.get((theme, number)) or await add_group(tx, round_.number, theme, number)
            moves.update(dict.fromkeys(members, group))
    notified = await membership.change_groups(tx, round_, moves, now, by=by, untold=untold)
    left_over = [g for g in groups if g.theme in wanted and g.number not in wanted[g.theme] and not g.locked]
    await _dissolve(tx, round_, left_over, now)
    return notified


async def _dissolve(tx: Transaction, round_: Round, groups: Sequence[Group], now: datetime) -> None:
    await facilitator_store.touch_panels(tx, [group.id for group in groups])
    for group in groups:
        await remove_group(tx, group.id)
    if round_.published and groups:
        await outbox.refresh_channels(tx, [group.id for group in groups], now)
