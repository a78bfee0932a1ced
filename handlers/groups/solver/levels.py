"""Measures how good groups are, level by level, and lists the rules they break.

A level is a count that the solver minimises; its bound is a limit that a formula gives. This is plain Python in
O(people · levels), which shares no arithmetic with the searches whose results it judges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from handlers.groups.solver.model import (
    Apart,
    Constraint,
    GroupProblem,
    Level,
    Lock,
    Measure,
    Numbers,
    Pin,
    Placeable,
    Together,
)

_LONELY = ("woman", "man")


@dataclass(frozen=True, slots=True)
class WrongSize:
    """A group whose number of people lies outside the limits."""

    number: int
    people: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A person who is in no group."""

    person: str


@dataclass(frozen=True, slots=True)
class Twice:
    """A person who is in more than one group, or twice in one group."""

    person: str


@dataclass(frozen=True, slots=True)
class Stranger:
    """A member of a group who is not among the problem's people."""

    person: str
    number: int


Violation = Constraint | WrongSize | Missing | Twice | Stranger


def measure(
    problem: GroupProblem, groups: Numbers, *, proven: Mapping[Level, int] | None = None
) -> tuple[Measure, ...]:
    """Return how good groups are in each level that applies, in order. A level is a count that the solver minimises.

    Members who are not among the problem's people, and people who are in no group, are ignored. Each result also has
    the best value that may be possible. A formula gives it, or `proven`, which holds tighter limits of some levels.
    """
    people = {person.id: person for person in problem.people}
    members = [[people[ref] for ref in group if ref in people] for group in groups.values()]
    in_a_group = {person.id for group in members for person in group}
    placed = replace(problem, people=tuple(person for person in problem.people if person.id in in_a_group))
    limits = proven or {}
    measures = []
    for level, value, bound in _levels(placed, groups, members):
        tighter = min if level is Level.WORST_GROUP else max
        measures.append(Measure(level, value, bound, tighter(bound, limits.get(level, bound))))
    return tuple(measures)


def _levels(problem: GroupProblem, groups: Numbers, members: list[list[Placeable]]) -> Iterator[tuple[Level, int, int]]:
    """Yield each level that applies, its value and its bound. The problem's people must be those in the groups."""
    k = max(len(groups), 1)
    people = len(problem.people)
    if problem.previous is not None:
        moves = sum(
            problem.previous.get(person.id, number) != number
            for number, group in zip(groups, members, strict=True)
            for person in group
        )
        yield Level.MOVES, moves, forced_moves(problem, k)
    if problem.history:
        here = {person.id for person in problem.people}
        met = sum(
            _pairs(Counter(past[person.id] for person in group if person.id in past).values())
            for past in problem.history
            for group in members
        )
        bound = 0
        for past in problem.history:
            bound += _even_pairs(Counter(label for ref, label in past.items() if ref in here).values(), k)
        yield Level.MET_AGAIN, met, bound
    countries = Counter(person.country for person in problem.people)
    inside = [Counter([person.country for person in group]) for group in members]
    distinct = sum(min(count, k) for count in countries.values())
    yield Level.REPEATS, sum(map(len, members)) - sum(map(len, inside)), people - distinct
    compatriots = sum(_pairs(counts.values()) for counts in inside if len(counts) < counts.total())
    yield Level.COMPATRIOTS, compatriots, _even_pairs(countries.values(), k)
    yield Level.WORST_GROUP, min(map(len, inside), default=0), distinct // k
    for level, value_of in _COUNTED.items():
        yield level, _uneven(problem.people, members, value_of), 0
    low, high = people // k, -(-people // k)
    yield Level.SIZES, sum(max(low - len(group), len(group) - high, 0) for group in members), 0


def _gender(person: Placeable) -> str:
    return person.gender


def _band(person: Placeable) -> str:
    return person.band


def _platform(person: Placeable) -> str:
    return person.platform


_COUNTED: Mapping[Level, Callable[[Placeable], str]] = {
    Level.GENDER: _gender,
    Level.AGE: _band,
    Level.PLATFORM: _platform,
}


def _pairs(counts: Iterable[int]) -> int:
    """Return the number of pairs of people who share both a group and a value, from how many share them."""
    return sum(count * (count - 1) // 2 for count in counts)


def _even_pairs(counts: Iterable[int], k: int) -> int:
    """Return the number of pairs within groups when each count is split evenly over `k` groups."""
    total = 0
    for count in counts:
        low, rest = divmod(count, k)
        total += rest * (low + 1) * low // 2 + (k - rest) * low * (low - 1) // 2
    return total


def _uneven(people: Iterable[Placeable], members: list[list[Placeable]], value_of: Callable[[Placeable], str]) -> int:
    """Return by how many people the groups' counts of each value lie outside their shares.

    A group's share of a value is proportional to its size; both the share rounded down and rounded up are inside.
    """
    totals = Counter(map(value_of, people))
    n = totals.total()
    ranges: dict[int, list[tuple[str, int, int]]] = {}
    outside = 0
    for group in members:
        size = len(group)
        if size not in ranges:
            ranges[size] = [(value, size * total // n, -(-size * total // n)) for value, total in totals.items()]
        values = list(map(value_of, group))
        for value, low, high in ranges[size]:
            count = values.count(value)
            if count > high:
                outside += count - high
            elif count < low:
                outside += low - count
    return outside


def forced_moves(problem: GroupProblem, count: int) -> int:
    """Return how many people must change group, because of sizes alone, when groups are repaired.

    A repair is forming `count` groups again, with few moves, without absent people.
    """
    previous, limits = problem.previous or {}, problem.limits
    still = Counter(dict.fromkeys(previous.values(), 0))
    still.update(previous[person.id] for person in problem.people if person.id in previous)
    newcomers = len(problem.people) - still.total()
    # To dissolve the smallest groups moves the fewest people, and leaves the fewest seats to fill.
    sizes = sorted(still.values())
    gone = max(len(sizes) - count, 0)
    dissolved, remaining = sum(sizes[:gone]), sizes[gone:] + [0] * (count - len(sizes))
    over = sum(max(size - limits.largest, 0) for size in remaining)
    lacking = sum(max(limits.smallest - size, 0) for size in remaining)
    return dissolved + max(over, lacking - newcomers - dissolved)


def violations(problem: GroupProblem, groups: Numbers) -> tuple[Violation, ...]:
    """Return what is wrong with groups: first wrong sizes, then people in no or a wrong group, then broken rules."""
    here = {person.id for person in problem.people}
    limits = problem.limits
    broken: list[Violation] = [
        WrongSize(number, len(group))
        for number, group in groups.items()
        if not limits.smallest <= len(group) <= limits.largest
    ]
    times = Counter(ref for group in groups.values() for ref in group)
    broken += [Stranger(ref, number) for number, group in groups.items() for ref in group if ref not in here]
    broken += [Missing(person.id) for person in problem.people if not times[person.id]]
    broken += [Twice(ref) for ref, count in times.items() if count > 1]
    number_of = {ref: number for number, group in groups.items() for ref in group if ref in here}
    broken += [rule for rule in problem.constraints if not _holds(rule, groups, here, number_of)]
    return tuple(broken)


def _holds(rule: Constraint, groups: Numbers, here: set[str], number_of: Mapping[str, int]) -> bool:
    """Return whether groups obey a constraint.

    People who are not in `here` do not count: a constraint that needs them is obeyed, and a lock holds without them.
    """
    match rule:
        case Together(first, second):
            return not {first, second} <= here or number_of.get(first) == number_of.get(second)
        case Apart(first, second):
            return not {first, second} <= here or number_of.get(first) != number_of.get(second)
        case Pin(person, number):
            return person not in here or number_of.get(person) == number
        case Lock(number, members):
            return set(groups.get(number, ())) == set(members) & here


def alone(problem: GroupProblem, groups: Numbers) -> tuple[tuple[int, str], ...]:
    """Return (group number, person id) of everyone who is the only woman, or the only man, of a group."""
    gender = {person.id: person.gender for person in problem.people}
    lone: list[tuple[int, str]] = []
    for number, group in groups.items():
        values = [gender.get(ref, "") for ref in group]
        lone += [(number, group[values.index(value)]) for value in _LONELY if values.count(value) == 1]
    return tuple(lone)


def bounds_for(people: Iterable[Placeable], count: int) -> float:
    """Return the highest mean number of nationalities per group that is possible for people in `count` groups.

    Without rules, this mean can always be reached.
    """
    countries = Counter(person.country for person in people)
    return sum(min(total, count) for total in countries.values()) / count
