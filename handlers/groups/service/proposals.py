"""Putting a proposal of groups into effect, and back: whole groups of a theme and round, told where they are published.

What was there is described by values (`Shape`), so that the journal can hold it and undoing can compare it.
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
from handlers.groups import store
from handlers.groups.model import Group, Groups, Proposal, Round
from handlers.groups.service import membership
from handlers.themes.store import find_theme

Place = tuple[int, str]
"""A round and a theme."""
Shape = Mapping[str, Any]
"""The groups of some places as JSON values: numbers, names, rooms, locks, members and pins."""


@dataclass(frozen=True, slots=True)
class AppliedProposal:
    """What keeping a proposal did: the groups before and after, and how many people are told."""

    before: Shape
    after: Shape
    told: int

    @property
    def changed(self) -> Mapping[str, int]:
        """By theme, how many groups are new or have other members than before; themes without one are left out."""
        before, after = _members(self.before), _members(self.after)
        return Counter(place[1] for place, members in after.items() if before.get(place) != members)

    @property
    def dissolved(self) -> int:
        """How many groups are no more."""
        return len(_members(self.before).keys() - _members(self.after).keys())


async def apply_proposal(tx: Transaction, proposal: Proposal, now: datetime, *, by: int) -> AppliedProposal:
    """Give every theme that was formed the groups proposed, and none to one that waits or that nobody has chosen;
    others stay as they are.

    That the proposal is still true is the caller's to check.
    """
    wanted: dict[Place, Groups] = {}
    for proposed in proposal.themes:
        for formed in proposed.rounds:
            wanted[formed.round, proposed.theme] = formed.groups
    for place in await _empty(tx, proposal):
        wanted[place] = await _locked(tx, *place)
    before = await shape_of(tx, wanted)
    told = await _arrange(tx, wanted, now, by=by, untold=await absent_for(tx, proposal))
    return AppliedProposal(before, await shape_of(tx, wanted), told)


async def absent_for(tx: Transaction, proposal: Proposal) -> frozenset[int]:
    """Who a repair leaves out as absent: nobody tells them, they would read on the day that they have no group."""
    return await store.absent_on(tx, proposal.wishes.day) if proposal.wishes.day else frozenset()


async def restore_groups(
    tx: Transaction, before: Shape, after: Shape, now: datetime, *, by: int, untold: Collection[int] = ()
) -> bool:
    """Make the groups what they were before a proposal was kept. False, nothing done, where they changed since."""
    places = [(number, theme) for number, theme, _published, _groups in after["places"]]
    if await shape_of(tx, places) != after or not await _fits(tx, before, places):
        return False
    wanted: dict[Place, Groups] = {
        (number, theme): {each[0]: tuple(person for person, _pinned in each[4]) for each in listed}
        for number, theme, _published, listed in before["places"]
    }
    await _arrange(tx, wanted, now, by=by, untold=untold)
    for number, theme, _published, listed in before["places"]:
        found = {group.number: group for group in await store.groups_of_round(tx, number) if group.theme == theme}
        for group_number, name, room, locked, members in listed:
            group = found[group_number]
            await store.rename_group(tx, group.id, name)
            await store.set_room(tx, group.id, room)
            await store.set_locked(tx, group.id, bool(locked))
            for person, pinned in members:
                await store.set_pinned(tx, person, number, bool(pinned))
    return True


async def shape_of(tx: Transaction, places: Iterable[Place]) -> Shape:
    """The groups of some places, as they stand now."""
    wanted = sorted(places)
    rounds = {round_.number: round_ for round_ in await store.all_rounds(tx)}
    shape = []
    for number in sorted({number for number, _theme in wanted}):
        members: dict[int, list[list[int]]] = defaultdict(list)
        for person, group_id, pinned in await store.placements_of_round(tx, number):
            members[group_id].append([person, int(pinned)])
        listed: dict[str, list[list[Any]]] = defaultdict(list)
        for group in await store.groups_of_round(tx, number):
            listed[group.theme].append([group.number, group.name, group.room, int(group.locked), members[group.id]])
        shape += [[number, theme, int(rounds[number].published), listed[theme]] for at, theme in wanted if at == number]
    return {"places": shape}


async def _fits(tx: Transaction, before: Shape, places: Collection[Place]) -> bool:
    """Whether all who were in groups still have that theme, and are in no group but of these places."""
    for (number, theme, _group), members in _members(before).items():
        if await find_theme(tx, theme) is None:
            return False
        for member in members:
            person = await store.person_with_theme(tx, number, member)
            group = await store.group_of(tx, member, number)
            if person is None or person.theme != theme or (group and (number, group.theme) not in places):
                return False
    return True


def _members(shape: Shape) -> Mapping[tuple[int, str, int], frozenset[int]]:
    """Who is in which group, by round, theme and number."""
    return {
        (number, theme, listed[0]): frozenset(person for person, _pinned in listed[4])
        for number, theme, _published, groups_there in shape["places"]
        for listed in groups_there
    }


async def _empty(tx: Transaction, proposal: Proposal) -> Sequence[Place]:
    """The places that are to have no groups: of themes that wait, or are nobody's any more."""
    if proposal.wishes.kind == "repair":
        return ()
    known = {proposed.theme: proposed for proposed in proposal.themes}
    places: list[Place] = []
    for number in proposal.rounds:
        for theme in dict.fromkeys(group.theme for group in await store.groups_of_round(tx, number)):
            failed = known[theme].failed if theme in known else None
            if theme not in known or (failed and failed.why == "waits"):
                places.append((number, theme))
    return places


async def _locked(tx: Transaction, number: int, theme: str) -> Groups:
    """The groups that stay whatever is formed."""
    here = await store.placements_of_round(tx, number)
    return {
        group.number: tuple(person for person, group_id, _pinned in here if group_id == group.id)
        for group in await store.groups_of_round(tx, number)
        if group.theme == theme and group.locked
    }


async def _arrange(
    tx: Transaction, wanted: Mapping[Place, Groups], now: datetime, *, by: int, untold: Collection[int]
) -> int:
    """Make groups what is wanted, all of a round in one go: nobody is told twice. How many are told."""
    told = 0
    for round_ in await store.all_rounds(tx):
        here = {theme: target for (number, theme), target in wanted.items() if number == round_.number}
        if here:
            told += await _arrange_round(tx, round_, here, now, by=by, untold=untold)
    return told


async def _arrange_round(
    tx: Transaction, at: Round, wanted: Mapping[str, Groups], now: datetime, *, by: int, untold: Collection[int]
) -> int:
    present = await store.groups_of_round(tx, at.number)
    known = {(group.theme, group.number): group for group in present}
    moves: dict[int, Group | None] = {
        person: None
        for person, group_id, _pinned in await store.placements_of_round(tx, at.number)
        if any(group.id == group_id and group.theme in wanted for group in present)
    }
    for theme, target in wanted.items():
        for number, members in sorted(target.items()):
            group = known.get((theme, number)) or await store.add_group(tx, at.number, theme, number)
            moves.update(dict.fromkeys(members, group))
    told = await membership.change_groups(tx, at, moves, now, by=by, untold=untold)
    left_over = [g for g in present if g.theme in wanted and g.number not in wanted[g.theme] and not g.locked]
    await _dissolve(tx, at, left_over, now)
    return told


async def _dissolve(tx: Transaction, at: Round, empty: Sequence[Group], now: datetime) -> None:
    await facilitator_store.touch_panels(tx, [group.id for group in empty])
    for group in empty:
        await store.remove_group(tx, group.id)
    if at.published and empty:
        await outbox.refresh_channels(tx, [group.id for group in empty], now)
