"""Requests groups: reads the facts from which groups are computed, and turns them into the payload of a job.

    job = await request_groups(tx, request.settings, Wishes(), request.reader, request.now)  # what to compute
    result = compute(job.payload)  # elsewhere, for seconds
    await digest_wishes(tx, proposal.wishes) == proposal.digest  # are the facts still the same?

`handlers.groups.service.proposals` applies a proposal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import to_micros
from bot.config.settings import Settings
from bot.content.texts import Reader
from bot.content.views import JobRequest
from bot.database.engine import Transaction
from bot.people.declared import Declared
from handlers.attendance.store.marks import absent_on
from handlers.groups.model import Group, Member, Round, Terms, Wishes
from handlers.groups.solver.model import Limits
from handlers.groups.store import proposals
from handlers.groups.store.groups import groups_of_round, highest_group_numbers
from handlers.groups.store.members import names_of_people, people_with_theme, placements_of_round
from handlers.groups.store.pairs import all_pairs
from handlers.groups.store.rounds import all_rounds
from handlers.groups.store.sizes import group_sizes
from handlers.themes.store import all_themes

_FACTS = 7
"""How many values the payload of a job holds of each person, as `PersonToPlace` takes them; the name is the next."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything from which groups are computed: people, rounds (days) with groups, and rules.

    `people` is everyone who attends the gathering and has a theme. By round number, `groups` holds the groups, and
    `placed` the members of all groups by participant id. `pairs` holds the rules about two people: two participant ids
    and «together» or «apart». `absent` holds the ids of people marked absent.
    """

    people: Sequence[Member]
    rounds: Sequence[Round]
    groups: Mapping[int, Sequence[Group]]
    placed: Mapping[int, Mapping[int, Member]]
    pairs: Sequence[tuple[int, int, str]]
    absent: frozenset[int]

    def planned(self, wishes: Wishes) -> tuple[int, ...]:
        """Return the numbers of the rounds (days) to plan: all unpublished ones; for a repair, only the repaired one.

        `wishes` say whether a repair is asked for, and of which round.
        """
        if wishes.kind == "repair":
            return (wishes.round,)
        return tuple(round_.number for round_ in self.rounds if not round_.published)

    def present(self) -> Sequence[Member]:
        """Return the people who should get a group: those who attend, have a theme and are not marked absent."""
        return [person for person in self.people if person.id not in self.absent]


async def facts_for(tx: Transaction, wishes: Wishes) -> Facts:
    """Return the present facts from which groups according to `wishes` would be computed."""
    rounds = await all_rounds(tx)
    everyone = {round_.number: await people_with_theme(tx, round_.number) for round_ in rounds}
    return Facts(
        next(iter(everyone.values()), ()),
        rounds,
        {round_.number: await groups_of_round(tx, round_.number) for round_ in rounds},
        {
            number: {person.id: person for person in people if person.group_id is not None}
            for number, people in everyone.items()
        },
        await all_pairs(tx),
        await absent_on(tx, wishes.day) if wishes.day else frozenset(),
    )


def digest_facts(facts: Facts, sizes: tuple[int, int, int]) -> str:
    """Return a digest of the facts from which groups are computed, to notice changes of these facts.

    `sizes` are the smallest, the largest and the target size of a group.
    Platforms are left out, so that a proposal stays valid when somebody joins while organisers read it.
    """
    values = (
        sizes,
        [(round_.number, round_.published) for round_ in facts.rounds],
        [(person.id, person.theme, person.territory, person.gender, person.birth_year) for person in facts.people],
        [
            (group.id, group.round, group.theme, group.number, group.locked)
            for groups in facts.groups.values()
            for group in groups
        ],
        [
            (number, member.id, member.group_id, member.pinned)
            for number, placed in facts.placed.items()
            for member in placed.values()
        ],
        sorted(facts.pairs),
        sorted(facts.absent),
    )
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


async def digest_wishes(tx: Transaction, wishes: Wishes) -> str:
    """Return the digest of the facts from which groups according to `wishes` would be computed now.

    If it differs from the digest of a proposal, that proposal is outdated.
    """
    return digest_facts(await facts_for(tx, wishes), await group_sizes(tx))


def limits_of(sizes: tuple[int, int, int], waiver: tuple[int, int] | None = None) -> Limits:
    """Return the allowed sizes of groups: the stored `sizes` or, with a `waiver`, its smallest and largest size.

    `sizes` are the smallest, the largest and the target size. The target is moved between the other two if needed.
    """
    smallest, largest, target = (*(waiver or sizes[:2]), sizes[2])
    return Limits(smallest, largest, min(max(target, smallest), largest))


async def last_terms(tx: Transaction, round_number: int) -> Mapping[str, Terms]:
    """Return, by theme key, what the last applied proposal for a round (one day) decided.

    It decided the sizes of a theme's groups, or that the theme gets no groups for now.
    """
    formed: dict[str, Terms] = {}
    for terms in await proposals.applied_terms(tx):
        if round_number in terms.rounds:
            formed.setdefault(terms.theme, terms)
    return formed


async def limits_now(tx: Transaction, theme: str, round_number: int) -> Limits:
    """Return the allowed sizes of a theme's groups in a round (one day).

    They are the sizes of the last proposal applied for the round; without one, the configured sizes.
    """
    formed = (await last_terms(tx, round_number)).get(theme)
    return formed.limits if formed else Limits(*await group_sizes(tx))


async def repair_wishes(tx: Transaction, round_number: int, day: str) -> Wishes:
    """Return the wishes with which the solver repairs a round (one day's groups) without people absent on `day`.

    Groups keep the sizes with which they were formed, and a theme that got no groups still gets none.
    """
    smallest, largest, _target = await group_sizes(tx)
    formed = await last_terms(tx, round_number)
    sizes = {theme: (terms.limits.smallest, terms.limits.largest) for theme, terms in formed.items() if not terms.waits}
    return Wishes(
        "repair",
        waivers={theme: waived for theme, waived in sizes.items() if waived != (smallest, largest)},
        waiting=tuple(sorted(theme for theme, terms in formed.items() if terms.waits)),
        round=round_number,
        day=day,
    )


async def groups_in_other_rounds(tx: Transaction, planned: Collection[int]) -> Sequence[Mapping[int, int]]:
    """Return, for each round (day) that is not in `planned`, the group id of each person by participant id."""
    return [
        {person: group for person, group, _pinned in await placements_of_round(tx, round_.number)}
        for round_ in await all_rounds(tx)
        if round_.number not in planned
    ]


async def request_groups(
    tx: Transaction, settings: Settings, wishes: Wishes, reader: Reader, now: datetime
) -> JobRequest:
    """Return the job that computes a proposal of groups according to `wishes`. Nothing is computed or changed here.

    The pictures of the proposal are drawn in the language of `reader`, an organiser.
    """
    facts, sizes = await facts_for(tx, wishes), await group_sizes(tx)
    planned = facts.planned(wishes)
    payload = {
        "wishes": wishes.encode(),
        "digest": digest_facts(facts, sizes),
        "now": to_micros(now),
        "year": settings.gathering.starts.year,
        "reader": [reader.locale, reader.zone],
        **settings.gathering.look(reader.locale),
        "limits": _sizes(limits_of(sizes)),
        "waived": {key: _sizes(limits_of(sizes, waived)) for key, waived in wishes.waivers.items()},
        "themes": [[theme.key, dict(theme.title)] for theme in await all_themes(tx)],
        "rounds": planned,
        "people": [
            [p.id, p.theme, p.second_theme, p.territory, p.gender, p.birth_year, p.platform] for p in facts.present()
        ],
        "pairs": facts.pairs,
        "pins": [[number, *pin] for number in planned for pin in _pins(facts, number)],
        "locks": [[number, *lock] for number in planned for lock in _locks(facts, number)],
        "taken": [
            [number, *numbers] for number in planned for numbers in await _taken_numbers(tx, facts, number, wishes)
        ],
        "history": [list(past.items()) for past in await groups_in_other_rounds(tx, planned)],
        "previous": _numbers(facts, wishes.round) if wishes.kind == "repair" else None,
        "deserted": sorted(_deserted(facts, wishes.round)) if wishes.kind == "repair" else [],
    }
    return JobRequest(wishes.kind, payload)


async def with_names(tx: Transaction, payload: Mapping[str, Any], _declared: Declared) -> Mapping[str, Any]:
    """Return the payload of a job with people's names added, which are drawn in the pictures of the proposed groups.

    A waiting job is stored without names. `_declared` is not used: every function that reads for a job gets it.
    """
    names = await names_of_people(tx)
    return {**payload, "people": [[*values[:_FACTS], names.get(values[0], "")] for values in payload["people"]]}


def _sizes(limits: Limits) -> list[int]:
    """Return limits as JSON values."""
    return [limits.smallest, limits.largest, limits.target]


def _by_id(facts: Facts, number: int) -> Mapping[int, Group]:
    return {group.id: group for group in facts.groups[number]}


def _pins(facts: Facts, number: int) -> Iterable[tuple[int, int]]:
    """Yield participant id and group number of everyone pinned in a group that is not locked.

    Locked groups stay as they are anyway.
    """
    groups = _by_id(facts, number)
    for person in facts.placed[number].values():
        group = groups[person.group_id or 0]
        if person.pinned and not group.locked and group.theme == person.theme:
            yield person.id, group.number


def _locks(facts: Facts, number: int) -> Iterable[tuple[str, int, list[int]]]:
    """Yield theme, number and member ids of each locked group of which at least one member comes."""
    here = {person.id for person in facts.present()}
    for group in facts.groups[number]:
        members = [p.id for p in facts.placed[number].values() if p.group_id == group.id]
        if group.locked and here.intersection(members):
            yield group.theme, group.number, members


async def _taken_numbers(tx: Transaction, facts: Facts, number: int, wishes: Wishes) -> Iterable[tuple[str, list[int]]]:
    """Return, by theme, the group numbers that no new group may get.

    They are the numbers of locked groups without members who come and, in a repair, of dissolved groups.
    """
    locked = {(theme, group) for theme, group, _members in _locks(facts, number)}
    closed = {(g.theme, g.number) for g in facts.groups[number] if g.locked} - locked
    if wishes.kind == "repair":
        highest = await highest_group_numbers(tx, number)
        ever = {(theme, group) for theme, last in highest.items() for group in range(1, last + 1)}
        closed |= ever - {(group.theme, group.number) for group in facts.groups[number]}
    by_theme: dict[str, list[int]] = {}
    for theme, group_number in sorted(closed):
        by_theme.setdefault(theme, []).append(group_number)
    return list(by_theme.items())


def _deserted(facts: Facts, number: int) -> set[str]:
    """Return the themes that have groups in a round but nobody present: a repair dissolves these groups."""
    return {group.theme for group in facts.groups[number]} - {person.theme for person in facts.present()}


def _numbers(facts: Facts, number: int) -> list[tuple[int, int]]:
    """Return participant id and group number of everyone whose group of a round belongs to their present theme."""
    groups = _by_id(facts, number)
    placed = facts.placed[number].values()
    return [(p.id, groups[p.group_id or 0].number) for p in placed if groups[p.group_id or 0].theme == p.theme]
