"""A problem as arrays, on which the searches work.

A unit is a set of people who must be in the same group. A column is something that is counted in each group: there is
one for each nationality, gender, age band and platform, and one for each group of a past round. Shapes of arrays: U
units, k groups, V columns.
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
"""The levels that count people above or below a group's proportional share, for instance of women."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A problem of forming groups, as arrays on which searches work.

    A unit is a set of people who must be in the same group; U is the number of units. A placement is an array (U,) with
    the position of each unit's group in `numbers`, which holds the groups' numbers. A column is a kind of people that
    is counted in each group, such as one nationality; V is the number of columns. `columns` says which of them each
    level counts, as a slice. Nationalities have the columns of REPEATS.
    """

    numbers: tuple[int, ...]
    units: tuple[tuple[str, ...], ...]
    content: Ints  # (U, V) people of each column in each unit
    weight: Ints  # (U,) people
    allowed: Bools  # (U, k)
    had: Ints  # (U,) people who had a group before; zero unless the problem is a repair
    moved: Ints  # (U, k) the ones who would change group
    apart: Bools  # (U, U)
    smallest: Ints  # (k,) people
    largest: Ints  # (k,) people
    columns: Mapping[Level, slice]
    levels: tuple[Level, ...]
    locked: Bools  # (k,) groups that take nobody but those they are locked for

    @property
    def people(self) -> int:
        """The number of people to place."""
        return int(self.weight.sum())

    @property
    def count(self) -> int:
        """The number of groups, k."""
        return len(self.numbers)

    def totals(self, level: Level) -> Ints:
        """Return the number of people in each column of a level, for instance of each nationality."""
        total: Ints = self.content[:, self.columns[level]].sum(axis=0)
        return total

    def groups(self, where: Ints) -> Numbers:
        """Return the ids of the members of each group, by group number, if units are placed as in `where`.

        `where` (U,) is the position of each unit's group in `numbers`; a unit is a set of people who must be together.
        """
        members: dict[int, list[str]] = {number: [] for number in self.numbers}
        for unit, index in zip(self.units, where.tolist(), strict=True):
            members[self.numbers[index]].extend(unit)
        return {number: tuple(sorted(refs)) for number, refs in sorted(members.items())}

    def placement(self, groups: Numbers) -> Ints:
        """Return the placement for `groups`: an array (U,) with the position of each unit's group in `numbers`.

        A unit is a set of people who must be in the same group; `groups` holds the members' ids by group number.
        """
        index_of = {member: self.numbers.index(number) for number, members in groups.items() for member in members}
        return np.array([index_of[unit[0]] for unit in self.units], dtype=np.int64)


def levels_of(problem: GroupProblem) -> tuple[Level, ...]:
    """Return the levels (counts that the solver minimises) that apply to a problem, in order.

    MOVES applies only if there are former groups, MET_AGAIN only if there are past rounds.
    """
    missing = set() if problem.previous is not None else {Level.MOVES}
    if not problem.history:
        missing.add(Level.MET_AGAIN)
    return tuple(level for level in Level if level not in missing)


def frame_of(problem: GroupProblem, numbers: tuple[int, ...]) -> Frame:
    """Return a problem as arrays; its groups get the numbers `numbers`.

    If rules keep a unit (people who must be together) out of every group, its row of `allowed` is False throughout.
    """
    people = problem.people
    row_of = {person.id: index for index, person in enumerate(people)}
    index_of = {number: index for index, number in enumerate(numbers)}
    k = len(numbers)
    allowed = np.ones((len(people), k), dtype=bool)
    smallest = np.full(k, problem.limits.smallest, dtype=np.int64)
    largest = np.full(k, problem.limits.largest, dtype=np.int64)
    locked = np.zeros(k, dtype=bool)
    bonds: list[tuple[int, int]] = []
    pinned: dict[int, int] = {}
    separations: list[tuple[int, int]] = []
    for rule in problem.constraints:
        if isinstance(rule, Together | Apart):
            if rule.first in row_of and rule.second in row_of:
                (bonds if isinstance(rule, Together) else separations).append((row_of[rule.first], row_of[rule.second]))
        elif isinstance(rule, Pin):
            if rule.person in row_of:
                only = np.zeros(k, dtype=bool)
                if rule.number in index_of:
                    only[index_of[rule.number]] = True
                bonds.append((row_of[rule.person], pinned.setdefault(rule.number, row_of[rule.person])))
                allowed[row_of[rule.person]] &= only
        else:
            members = _lock(rule, row_of, index_of, allowed, smallest, largest)
            bonds += [(row, pinned.setdefault(rule.number, row)) for row in members]
            if rule.number in index_of:
                locked[index_of[rule.number]] = True
    content, columns = _content(problem)
    had = np.zeros(len(people), dtype=np.int64)
    moved = np.zeros((len(people), k), dtype=np.int64)
    if problem.previous is not None:
        for ref, row in row_of.items():
            former = problem.previous.get(ref)
            if former is not None:
                had[row] = 1
                moved[row] = 1
                if former in index_of:
                    moved[row, index_of[former]] = 0
    unit_of = _joined(len(people), bonds)
    units = int(unit_of.max(initial=-1)) + 1
    gather = np.zeros((units, len(people)), dtype=np.int64)
    gather[unit_of, np.arange(len(people))] = 1
    apart = np.zeros((units, units), dtype=bool)
    for first, second in separations:
        apart[unit_of[first], unit_of[second]] = apart[unit_of[second], unit_of[first]] = True
    unit_members: list[list[str]] = [[] for _ in range(units)]
    for person in people:
        unit_members[unit_of[row_of[person.id]]].append(person.id)
    return Frame(
        numbers=numbers,
        units=tuple(map(tuple, unit_members)),
        content=gather @ content,
        weight=gather.sum(axis=1),
        allowed=(gather @ ~allowed) == 0,
        had=gather @ had,
        moved=gather @ moved,
        apart=apart,
        smallest=smallest,
        largest=largest,
        columns=columns,
        levels=levels_of(problem),
        locked=locked,
    )


def _lock(
    rule: Lock, row_of: Mapping[str, int], index_of: Mapping[int, int], allowed: Bools, smallest: Ints, largest: Ints
) -> list[int]:
    """Restrict `allowed` and the sizes, in place, so that a locked group takes all of its members and nobody else.

    Returns the rows of the members who are here.
    """
    members = [row_of[ref] for ref in dict.fromkeys(rule.members) if ref in row_of]
    others = np.ones(len(allowed), dtype=bool)
    others[members] = False
    if rule.number not in index_of:
        allowed[members] = False
        return members
    group = index_of[rule.number]
    allowed[others, group] = False
    possible = allowed[members, group].copy()
    allowed[members] = False
    allowed[members, group] = possible
    # A lock beyond the limits makes smallest > largest, which shows as a conflict.
    smallest[group] = max(smallest[group], len(members))
    largest[group] = min(largest[group], len(members))
    return members


def _content(problem: GroupProblem) -> tuple[Ints, dict[Level, slice]]:
    """Return the content (people, V), 1 where a person counts in a column, and the slice of columns of each level."""
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
            values = sorted({code for code in codes if code is not None}, key=str)
            block = np.zeros((len(people), len(values)), dtype=np.int64)
            for row, code in enumerate(codes):
                if code is not None:
                    block[row, values.index(code)] = 1
            blocks.append(block)
            start += len(values)
        columns[level] = slice(first, start)
    return np.concatenate(blocks, axis=1), columns


def _joined(count: int, bonds: list[tuple[int, int]]) -> Ints:
    """Return (count,): the unit of each person, the same for people who are bound to one another."""
    parent = list(range(count))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for first, second in bonds:
        parent[max(root(first), root(second))] = min(root(first), root(second))
    units: dict[int, int] = {}
    return np.array([units.setdefault(root(row), len(units)) for row in range(count)], dtype=np.int64)


def cliques_of(apart: Bools) -> list[list[int]]:
    """Return sets of units in which every two units must be in different groups.

    A unit is a set of people who must be in the same group. `apart` (U, U) is True for units that must be apart. Each
    such pair is in one of the returned sets, which are as large as a greedy choice makes them.
    """
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
