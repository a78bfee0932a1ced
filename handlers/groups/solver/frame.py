"""A problem as arrays: people who must go together, or to the same group, are one unit; what levels count are columns.

Shapes: U units, k groups, V columns (one a nationality, gender, band, platform, and one a group of a past round).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handlers.groups.solver.model import Apart, GroupProblem, Level, Lock, Numbers, Pin, Together

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

COUNTED = (Level.GENDER, Level.AGE, Level.PLATFORM)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a search needs to know. `columns` says where a level's columns are; nationalities are REPEATS'."""

    numbers: tuple[int, ...]
    units: tuple[tuple[str, ...], ...]
    content: Ints  # (U, V) people of each column in each unit
    weight: Ints  # (U,) people
    allowed: Bools  # (U, k)
    had: Ints  # (U,) people who had a group before, where that counts
    moved: Ints  # (U, k) people among them who would have moved
    apart: Bools  # (U, U)
    smallest: Ints  # (k,) people
    largest: Ints  # (k,) people
    columns: Mapping[Level, slice]
    levels: tuple[Level, ...]
    locked: Bools  # (k,) groups that take nobody but those they are locked for

    @property
    def people(self) -> int:
        """How many are placed."""
        return int(self.weight.sum())

    @property
    def count(self) -> int:
        """How many groups."""
        return len(self.numbers)

    def totals(self, level: Level) -> Ints:
        """(columns of the level,) people."""
        total: Ints = self.content[:, self.columns[level]].sum(axis=0)
        return total

    def groups(self, where: Ints) -> Numbers:
        """The groups of units placed: `where` is (U,) positions in `numbers`."""
        members: dict[int, list[str]] = {number: [] for number in self.numbers}
        for unit, place in zip(self.units, where.tolist(), strict=True):
            members[self.numbers[place]].extend(unit)
        return {number: tuple(sorted(each)) for number, each in sorted(members.items())}

    def places(self, groups: Numbers) -> Ints:
        """The reverse of `groups`: (U,) positions in `numbers`."""
        place = {member: self.numbers.index(number) for number, members in groups.items() for member in members}
        return np.array([place[unit[0]] for unit in self.units], dtype=np.int64)


def applying(problem: GroupProblem) -> tuple[Level, ...]:
    """The levels that count for a problem, in order."""
    missing = set() if problem.previous is not None else {Level.MOVES}
    if not problem.history:
        missing.add(Level.MET_AGAIN)
    return tuple(level for level in Level if level not in missing)


def frame_of(problem: GroupProblem, numbers: tuple[int, ...]) -> Frame:
    """The arrays of a problem whose groups bear `numbers`; a unit no group may take has no allowed one."""
    people = problem.people
    at = {person.id: index for index, person in enumerate(people)}
    place = {number: index for index, number in enumerate(numbers)}
    k = len(numbers)
    allowed = np.ones((len(people), k), dtype=bool)
    smallest = np.full(k, problem.limits.smallest, dtype=np.int64)
    largest = np.full(k, problem.limits.largest, dtype=np.int64)
    locked = np.zeros(k, dtype=bool)
    bonds: list[tuple[int, int]] = []
    pinned: dict[int, int] = {}
    walls: list[tuple[int, int]] = []
    for rule in problem.constraints:
        if isinstance(rule, Together | Apart):
            if rule.first in at and rule.second in at:
                (bonds if isinstance(rule, Together) else walls).append((at[rule.first], at[rule.second]))
        elif isinstance(rule, Pin):
            if rule.person in at:
                only = np.zeros(k, dtype=bool)
                if rule.number in place:
                    only[place[rule.number]] = True
                bonds.append((at[rule.person], pinned.setdefault(rule.number, at[rule.person])))
                allowed[at[rule.person]] &= only
        else:
            inside = _lock(rule, at, place, allowed, smallest, largest)
            bonds += [(each, pinned.setdefault(rule.number, each)) for each in inside]
            if rule.number in place:
                locked[place[rule.number]] = True
    content, columns = _content(problem)
    had = np.zeros(len(people), dtype=np.int64)
    moved = np.zeros((len(people), k), dtype=np.int64)
    if problem.previous is not None:
        for each, index in at.items():
            before = problem.previous.get(each)
            if before is not None:
                had[index] = 1
                moved[index] = 1
                if before in place:
                    moved[index, place[before]] = 0
    unit_of = _joined(len(people), bonds)
    units = int(unit_of.max(initial=-1)) + 1
    gather = np.zeros((units, len(people)), dtype=np.int64)
    gather[unit_of, np.arange(len(people))] = 1
    apart = np.zeros((units, units), dtype=bool)
    for first, second in walls:
        apart[unit_of[first], unit_of[second]] = apart[unit_of[second], unit_of[first]] = True
    members: list[list[str]] = [[] for _ in range(units)]
    for person in people:
        members[unit_of[at[person.id]]].append(person.id)
    return Frame(
        numbers=numbers,
        units=tuple(map(tuple, members)),
        content=gather @ content,
        weight=gather.sum(axis=1),
        allowed=(gather @ ~allowed) == 0,
        had=gather @ had,
        moved=gather @ moved,
        apart=apart,
        smallest=smallest,
        largest=largest,
        columns=columns,
        levels=applying(problem),
        locked=locked,
    )


def _lock(
    rule: Lock, at: Mapping[str, int], place: Mapping[int, int], allowed: Bools, smallest: Ints, largest: Ints
) -> list[int]:
    """A locked group takes its members, all of them and nobody else."""
    inside = [at[fromkey] for fromkey in dict.fromkeys(rule.members) if fromkey in at]
    others = np.ones(len(allowed), dtype=bool)
    others[inside] = False
    if rule.number not in place:
        allowed[inside] = False
        return inside
    group = place[rule.number]
    allowed[others, group] = False
    kept = allowed[inside, group].copy()
    allowed[inside] = False
    allowed[inside, group] = kept
    # Beyond the limits the group cannot be: left to them, the conflict shows.
    smallest[group] = max(smallest[group], len(inside))
    largest[group] = min(largest[group], len(inside))
    return inside


def _content(problem: GroupProblem) -> tuple[Ints, dict[Level, slice]]:
    """(people, V) ones where a person counts in a column, and the columns of each level."""
    people = problem.people
    coded: list[tuple[Level, list[list[Hashable]]]] = [
        (Level.REPEATS, [[p.country for p in people]]),
        (Level.GENDER, [[p.gender for p in people]]),
        (Level.AGE, [[p.band for p in people]]),
        (Level.PLATFORM, [[p.platform for p in people]]),
        (Level.MET_AGAIN, [[past.get(p.id) for p in people] for past in problem.history]),
    ]
    blocks: list[NDArray[Any]] = []
    columns: dict[Level, slice] = {}
    start = 0
    for level, codings in coded:
        first = start
        for codes in codings:
            values = sorted({each for each in codes if each is not None}, key=str)
            block = np.zeros((len(people), len(values)), dtype=np.int64)
            for row, code in enumerate(codes):
                if code is not None:
                    block[row, values.index(code)] = 1
            blocks.append(block)
            start += len(values)
        columns[level] = slice(first, start)
    return np.concatenate(blocks, axis=1), columns


def _joined(count: int, bonds: list[tuple[int, int]]) -> Ints:
    """(count,) the unit of each person: those bound to one another share it."""
    parent = list(range(count))

    def root(each: int) -> int:
        while parent[each] != each:
            parent[each] = parent[parent[each]]
            each = parent[each]
        return each

    for first, second in bonds:
        parent[max(root(first), root(second))] = min(root(first), root(second))
    names: dict[int, int] = {}
    return np.array([names.setdefault(root(each), len(names)) for each in range(count)], dtype=np.int64)


def cliques_of(apart: Bools) -> list[list[int]]:
    """Sets of units all apart from one another that cover every pair, greedily large."""
    cliques: list[list[int]] = []
    covered = np.zeros_like(apart)
    for first, second in np.argwhere(np.triu(apart)).tolist():
        if covered[first, second]:
            continue
        clique = [first, second]
        for other in np.flatnonzero(apart[first] & apart[second]).tolist():
            if apart[other, clique].all():
                clique.append(other)
        covered[np.ix_(clique, clique)] = True
        cliques.append(clique)
    return cliques
