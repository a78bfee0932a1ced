"""Forming groups: from the store to what the solver is given, in another process, and back to a proposal.

    job = await request_groups(tx, request.settings, Wishes(), request.reader, request.now)  # what to compute
    result = compute(job.payload)  # elsewhere, for seconds
    await digest_of(tx, settings, proposal.wishes) == proposal.digest  # is it still true?

`handlers.groups.service.proposals` puts a proposal into effect.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import to_micros
from bot.config.settings import Settings
from bot.content.texts import Reader
from bot.content.views import JobRequest
from bot.database.engine import Transaction
from handlers.groups import store
from handlers.groups.model import Group, Member, Round, Terms, Wishes
from handlers.groups.settings import GroupSettings
from handlers.groups.solver.model import Limits
from handlers.themes.store import all_themes


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything groups are computed from: who comes, the rounds and their groups, and the rules organisers made.

    `placed` holds, by round, the group of everyone who is in one.
    """

    people: Sequence[Member]
    rounds: Sequence[Round]
    groups: Mapping[int, Sequence[Group]]
    placed: Mapping[int, Mapping[int, Member]]
    pairs: Sequence[tuple[int, int, str]]
    absent: frozenset[int]

    def planned(self, wishes: Wishes) -> tuple[int, ...]:
        """The rounds to plan: the one to repair, or all that are not published."""
        if wishes.kind == "repair":
            return (wishes.round,)
        return tuple(round_.number for round_ in self.rounds if not round_.published)

    def present(self) -> Sequence[Member]:
        """Who is to have a group."""
        return [person for person in self.people if person.id not in self.absent]


async def facts_for(tx: Transaction, wishes: Wishes) -> Facts:
    """What a proposal is computed from, as it stands now."""
    rounds = await store.all_rounds(tx)
    everyone = {round_.number: await store.people_with_theme(tx, round_.number) for round_ in rounds}
    return Facts(
        next(iter(everyone.values()), ()),
        rounds,
        {round_.number: await store.groups_of_round(tx, round_.number) for round_ in rounds},
        {
            number: {person.id: person for person in people if person.group_id is not None}
            for number, people in everyone.items()
        },
        await store.all_pairs(tx),
        await store.absent_on(tx, wishes.day) if wishes.day else frozenset(),
    )


def digest_facts(facts: Facts, settings: Settings) -> str:
    """A short mark of what groups are computed from; not of platforms: who joins while it is read spoils nothing."""
    sizes = settings.of(GroupSettings)
    seen = (
        (sizes.smallest, sizes.largest, sizes.target),
        [(round_.number, round_.published) for round_ in facts.rounds],
        [(person.id, person.theme, person.territory, person.gender, person.birth_year) for person in facts.people],
        [(each.id, each.round, each.theme, each.number, each.locked) for of in facts.groups.values() for each in of],
        [
            (number, each.id, each.group_id, each.pinned)
            for number, placed in facts.placed.items()
            for each in placed.values()
        ],
        sorted(facts.pairs),
        sorted(facts.absent),
    )
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


async def digest_wishes(tx: Transaction, settings: Settings, wishes: Wishes) -> str:
    """The mark of what such a proposal would be computed from now."""
    return digest_facts(await facts_for(tx, wishes), settings)


def limits_of(settings: Settings, waiver: tuple[int, int] | None = None) -> Limits:
    """The sizes allowed: as configured, or as waived for one theme."""
    sizes = settings.of(GroupSettings)
    smallest, largest = waiver or (sizes.smallest, sizes.largest)
    return Limits(smallest, largest, min(max(sizes.target, smallest), largest))


async def formed_with(tx: Transaction, round_number: int) -> Mapping[str, Terms]:
    """By theme, what the proposal kept last settled that gave it groups in a round, or had it wait there."""
    formed: dict[str, Terms] = {}
    for terms in await store.kept_terms(tx):
        if round_number in terms.rounds:
            formed.setdefault(terms.theme, terms)
    return formed


async def limits_now(tx: Transaction, theme: str, round_number: int) -> Limits:
    """The sizes allowed in a theme: those its groups of a round were formed with, or else those configured."""
    formed = (await formed_with(tx, round_number)).get(theme)
    return formed.limits if formed else Limits(*await store.group_sizes(tx))


async def repair_wishes(tx: Transaction, round_number: int, day: str) -> Wishes:
    """The wishes of a repair: as many groups as there are, of the sizes they were formed with, fewest moves.

    A theme that waits goes on waiting.
    """
    smallest, largest, _target = await store.group_sizes(tx)
    formed = await formed_with(tx, round_number)
    sizes = {theme: (each.limits.smallest, each.limits.largest) for theme, each in formed.items() if not each.waits}
    return Wishes(
        "repair",
        waivers={theme: waived for theme, waived in sizes.items() if waived != (smallest, largest)},
        waiting=tuple(sorted(theme for theme, each in formed.items() if each.waits)),
        round=round_number,
        day=day,
    )


async def met_elsewhere(tx: Transaction, planned: Collection[int]) -> Sequence[Mapping[int, int]]:
    """Where people meet but in the rounds that are planned, earlier or later: the group of everyone, round by round."""
    return [
        {person: group for person, group, _pinned in await store.placements_of_round(tx, round_.number)}
        for round_ in await store.all_rounds(tx)
        if round_.number not in planned
    ]


async def request_groups(
    tx: Transaction, settings: Settings, wishes: Wishes, reader: Reader, now: datetime
) -> JobRequest:
    """The job, of the kind of the wishes, that computes them; `compute` is its work. `reader` reads the picture."""
    facts = await facts_for(tx, wishes)
    planned = facts.planned(wishes)
    payload = {
        "wishes": wishes.encode(),
        "digest": digest_facts(facts, settings),
        "now": to_micros(now),
        "year": settings.gathering.starts.year,
        "reader": [reader.locale, reader.zone],
        "title": settings.gathering.name,
        "limits": _sizes(limits_of(settings)),
        "waived": {key: _sizes(limits_of(settings, sizes)) for key, sizes in wishes.waivers.items()},
        "themes": [[theme.key, dict(theme.title)] for theme in await all_themes(tx)],
        "rounds": planned,
        "people": [
            [p.id, p.theme, p.second_theme, p.territory, p.gender, p.birth_year, p.platform, p.name]
            for p in facts.present()
        ],
        "pairs": facts.pairs,
        "pins": [[number, *pin] for number in planned for pin in _pins(facts, number)],
        "locks": [[number, *lock] for number in planned for lock in _locks(facts, number)],
        "taken": [[number, *taken] for number in planned for taken in await _taken(tx, facts, number, wishes)],
        "history": [list(past.items()) for past in await met_elsewhere(tx, planned)],
        "previous": _numbers(facts, wishes.round) if wishes.kind == "repair" else None,
        "deserted": sorted(_deserted(facts, wishes.round)) if wishes.kind == "repair" else [],
    }
    return JobRequest(wishes.kind, payload)


def _sizes(limits: Limits) -> list[int]:
    return [limits.smallest, limits.largest, limits.target]


def _by_id(facts: Facts, number: int) -> Mapping[int, Group]:
    return {group.id: group for group in facts.groups[number]}


def _pins(facts: Facts, number: int) -> Iterable[tuple[int, int]]:
    """Who is pinned where, but in locked groups: those stay as they are anyway."""
    known = _by_id(facts, number)
    for person in facts.placed[number].values():
        group = known[person.group_id or 0]
        if person.pinned and not group.locked and group.theme == person.theme:
            yield person.id, group.number


def _locks(facts: Facts, number: int) -> Iterable[tuple[str, int, list[int]]]:
    """The locked groups that somebody is to stay in."""
    here = {person.id for person in facts.present()}
    for group in facts.groups[number]:
        members = [p.id for p in facts.placed[number].values() if p.group_id == group.id]
        if group.locked and here.intersection(members):
            yield group.theme, group.number, members


async def _taken(tx: Transaction, facts: Facts, number: int, wishes: Wishes) -> Iterable[tuple[str, list[int]]]:
    """The numbers no other group may bear: of locked groups nobody is in, and, in a repair, of those dissolved."""
    held = {(theme, locked) for theme, locked, _members in _locks(facts, number)}
    closed = {(g.theme, g.number) for g in facts.groups[number] if g.locked} - held
    if wishes.kind == "repair":
        highest = await store.highest_group_numbers(tx, number)
        ever = {(theme, each) for theme, last in highest.items() for each in range(1, last + 1)}
        closed |= ever - {(group.theme, group.number) for group in facts.groups[number]}
    return [(theme, sorted(each for of, each in closed if of == theme)) for theme in sorted({of for of, _ in closed})]


def _deserted(facts: Facts, number: int) -> set[str]:
    """The themes with groups of which nobody is there: a repair dissolves those groups."""
    return {group.theme for group in facts.groups[number]} - {person.theme for person in facts.present()}


def _numbers(facts: Facts, number: int) -> list[tuple[int, int]]:
    """The group number everyone has in a round, where the group is still of their theme."""
    known = _by_id(facts, number)
    placed = facts.placed[number].values()
    return [(p.id, known[p.group_id or 0].number) for p in placed if known[p.group_id or 0].theme == p.theme]
