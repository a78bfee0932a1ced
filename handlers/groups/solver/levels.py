"""What groups are worth, level by level, each value beside its closed-form bound; and the rules they break.

Plain Python, O(people · levels): it judges what a search found, without sharing any of its arithmetic.
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
    """A group of so many people, outside the limits."""

    number: int
    people: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Someone in no group."""

    person: str


@dataclass(frozen=True, slots=True)
class Twice:
    """Someone placed more than once."""

    person: str


@dataclass(frozen=True, slots=True)
class Stranger:
    """Someone in a group who is not among the people."""

    person: str
    number: int


Violation = Constraint | WrongSize | Missing | Twice | Stranger


def measure(
    problem: GroupProblem, groups: Numbers, *, proven: Mapping[Level, int] | None = None
) -> tuple[Measure, ...]:
    """The levels that apply to groups, in order, over those placed: values and bounds count neither members who are not
    among the problem's people, nor people who are in no group.

    `proven` gives a solver's limits: each holds where it is tighter than the closed form.
    """
    people = {person.id: person for person in problem.people}
    members = [[people[each] for each in group if each in people] for group in groups.values()]
    in_a_group = {person.id for group in members for person in group}
    placed = replace(problem, people=tuple(person for person in problem.people if person.id in in_a_group))
    limits = proven or {}
    found = []
    for level, value, bound in _levels(placed, groups, members):
        tighter = min if level is Level.WORST_GROUP else max
        found.append(Measure(level, value, bound, tighter(bound, limits.get(level, bound))))
    return tuple(found)


def _levels(problem: GroupProblem, groups: Numbers, members: list[list[Placeable]]) -> Iterator[tuple[Level, int, int]]:
    """Each level that applies, its value and its bound; the problem's people are those in the groups."""
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
            bound += _even_pairs(Counter(label for each, label in past.items() if each in here).values(), k)
        yield Level.MET_AGAIN, met, bound
    countries = Counter(person.country for person in problem.people)
    inside = [Counter([person.country for person in group]) for group in members]
    distinct = sum(min(count, k) for count in countries.values())
    yield Level.REPEATS, sum(map(len, members)) - sum(map(len, inside)), people - distinct
    compatriots = sum(_pairs(each.values()) for each in inside if len(each) < each.total())
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
    return sum(count * (count - 1) // 2 for count in counts)


def _even_pairs(counts: Iterable[int], k: int) -> int:
    """Pairs within groups when each count is split evenly over k."""
    total = 0
    for count in counts:
        low, more = divmod(count, k)
        total += more * (low + 1) * low // 2 + (k - more) * low * (low - 1) // 2
    return total


def _uneven(people: Iterable[Placeable], members: list[list[Placeable]], value_of: Callable[[Placeable], str]) -> int:
    """People by whom a group's count of each value lies outside its share, rounded down to rounded up."""
    totals = Counter(map(value_of, people))
    n = totals.total()
    ranges: dict[int, list[tuple[str, int, int]]] = {}
    outside = 0
    for group in members:
        size = len(group)
        if size not in ranges:
            ranges[size] = [(each, size * many // n, -(-size * many // n)) for each, many in totals.items()]
        values = list(map(value_of, group))
        for value, low, high in ranges[size]:
            count = values.count(value)
            if count > high:
                outside += count - high
            elif count < low:
                outside += low - count
    return outside


def forced_moves(problem: GroupProblem, count: int) -> int:
    """People who must change group in a repair with `count` groups, whatever else holds: what sizes alone force."""
    previous, limits = problem.previous or {}, problem.limits
    still = Counter(dict.fromkeys(previous.values(), 0))
    still.update(previous[person.id] for person in problem.people if person.id in previous)
    newcomers = len(problem.people) - still.total()
    # Dissolving the smallest groups moves fewest, and leaves fewest to be filled up.
    sizes = sorted(still.values())
    gone = max(len(sizes) - count, 0)
    dissolved, kept = sum(sizes[:gone]), sizes[gone:] + [0] * (count - len(sizes))
    over = sum(max(size - limits.largest, 0) for size in kept)
    lacking = sum(max(limits.smallest - size, 0) for size in kept)
    return dissolved + max(over, lacking - newcomers - dissolved)


def violations(problem: GroupProblem, groups: Numbers) -> tuple[Violation, ...]:
    """The hard rules that groups break: sizes first, then people, then the problem's constraints in their order."""
    here = {person.id for person in problem.people}
    limits = problem.limits
    found: list[Violation] = [
        WrongSize(number, len(group))
        for number, group in groups.items()
        if not limits.smallest <= len(group) <= limits.largest
    ]
    times = Counter(each for group in groups.values() for each in group)
    found += [Stranger(each, number) for number, group in groups.items() for each in group if each not in here]
    found += [Missing(person.id) for person in problem.people if not times[person.id]]
    found += [Twice(each) for each, many in times.items() if many > 1]
    number_of = {each: number for number, group in groups.items() for each in group if each in here}
    found += [rule for rule in problem.constraints if not _holds(rule, groups, here, number_of)]
    return tuple(found)


def _holds(rule: Constraint, groups: Numbers, here: set[str], number_of: Mapping[str, int]) -> bool:
    """Whether a constraint is obeyed; one that names people who are not here asks for nothing."""
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
    """Who is the only woman, or the only man, of a group: (group number, person id)."""
    gender = {person.id: person.gender for person in problem.people}
    found = []
    for number, group in groups.items():
        values = [gender.get(each, "") for each in group]
        found += [(number, group[values.index(each)]) for each in _LONELY if values.count(each) == 1]
    return tuple(found)


def bounds_for(people: Iterable[Placeable], count: int) -> float:
    """The mean of distinct nationalities a group that `count` groups can reach (and do reach, without constraints)."""
    countries = Counter(person.country for person in people)
    return sum(min(many, count) for many in countries.values()) / count
