"""How good groups are, level by level, beside the closed form that none can beat; and the rules they break."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.grouping.model import Apart, Constraint, Level, Lock, Measure, Numbers, Person, Pin, Problem, Together


@dataclass(frozen=True, slots=True)
class BadSize:
    """A group smaller or larger than allowed."""

    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Misplaced:
    """Someone in no group (`times` 0) or in several."""

    person: str
    times: int


Violation = Constraint | BadSize | Misplaced


def measure(problem: Problem, groups: Numbers, *, proven: Mapping[Level, int] | None = None) -> tuple[Measure, ...]:
    """The levels that apply, in order. `proven` gives limits a solver showed, used where tighter than the closed form.

    Ids in `groups` that are not among the problem's people are left out.
    """
    shown = proven or {}
    return tuple(
        Measure(level, value, bound, _tighter(level, bound, shown.get(level, bound)))
        for level, value, bound in _levels(problem, groups)
    )


def _tighter(level: Level, bound: int, shown: int) -> int:
    return min(bound, shown) if level is Level.WORST_GROUP else max(bound, shown)


def _levels(problem: Problem, groups: Numbers) -> Iterator[tuple[Level, int, int]]:
    known = {person.id: person for person in problem.people}
    parts = {number: [known[each] for each in members if each in known] for number, members in groups.items()}
    count = len(parts)
    if problem.previous is not None:
        yield Level.MOVES, _moves(problem.previous, parts), moves_bound(problem, count)
    if problem.history:
        yield Level.MET_AGAIN, _met_again(problem.history, parts), _met_again_bound(problem, count)
    countries = [Counter(person.country for person in part) for part in parts.values()]
    whole: Counter[str] = Counter(person.country for person in problem.people)
    distinct = [len(each) for each in countries]
    reachable = most_nationalities(whole.values(), count)
    people = len(problem.people)
    yield Level.REPEATS, sum(map(len, parts.values())) - sum(distinct), people - reachable
    pairs = sum(size * (size - 1) // 2 for each in countries for size in each.values())
    yield Level.COMPATRIOTS, pairs, sum(even_pairs(size, count) for size in whole.values())
    yield Level.WORST_GROUP, min(distinct, default=0), reachable // count if count else 0
    for level, trait in TRAITS.items():
        yield level, _uneven(parts.values(), problem.people, trait), 0
    low, high = (people // count, -(-people // count)) if count else (0, 0)
    yield Level.SIZES, sum(max(low - len(part), len(part) - high, 0) for part in parts.values()), 0


TRAITS: Mapping[Level, Callable[[Person], str]] = {
    Level.GENDER: lambda person: person.gender,
    Level.AGE: lambda person: person.band,
    Level.PLATFORM: lambda person: person.platform,
}
"""What is spread evenly besides countries, in order of importance."""


def most_nationalities(sizes: Iterable[int], count: int) -> int:
    """The most distinct nationalities, added over `count` groups, that countries of these sizes can give."""
    return sum(min(size, count) for size in sizes)


def even_pairs(size: int, count: int) -> int:
    """Pairs left together when `size` people are spread evenly over `count` groups."""
    if not count:
        return 0
    each, more = divmod(size, count)
    return more * (each + 1) * each // 2 + (count - more) * each * (each - 1) // 2


def mean_nationalities(people: Sequence[Person], count: int) -> float:
    """Distinct nationalities a group, on average, in the best split into `count` groups."""
    return most_nationalities(Counter(person.country for person in people).values(), count) / count


def moves_bound(problem: Problem, count: int) -> int:
    """How many people must change their group for reasons of size alone."""
    previous = problem.previous or {}
    ids = {person.id for person in problem.people}
    sizes = sorted(Counter(number for each, number in previous.items() if each in ids).values())
    newcomers = len(ids - previous.keys())
    dissolved = sizes[: max(0, len(sizes) - count)]
    kept = sizes[len(dissolved) :] + [0] * max(0, count - len(sizes))
    too_many = sum(dissolved) + sum(max(0, size - problem.limits.largest) for size in kept)
    too_few = sum(max(0, problem.limits.smallest - size) for size in kept)
    return max(too_many, too_few - newcomers)


def _moves(previous: Mapping[str, int], parts: Mapping[int, Sequence[Person]]) -> int:
    return sum(previous.get(person.id, number) != number for number, part in parts.items() for person in part)


def _met_again(history: Iterable[Mapping[str, str]], parts: Mapping[int, Sequence[Person]]) -> int:
    return sum(
        size * (size - 1) // 2
        for past in history
        for part in parts.values()
        for size in Counter(past[person.id] for person in part if person.id in past).values()
    )


def _met_again_bound(problem: Problem, count: int) -> int:
    ids = {person.id for person in problem.people}
    return sum(
        even_pairs(size, count)
        for past in problem.history
        for size in Counter(label for each, label in past.items() if each in ids).values()
    )


def _uneven(parts: Iterable[Sequence[Person]], people: Sequence[Person], trait: Callable[[Person], str]) -> int:
    """How far the counts of each value lie outside their even share, added up."""
    whole = Counter(map(trait, people))
    everyone = len(people)
    outside = 0
    for part in parts:
        size, here = len(part), Counter(map(trait, part))
        for value, count in whole.items():
            low, high = size * count // everyone, -(-size * count // everyone)
            outside += max(low - here[value], here[value] - high, 0)
    return outside


def violations(problem: Problem, groups: Numbers) -> tuple[Violation, ...]:
    """Every hard rule that is broken. Constraints about people who are not there break nothing."""
    return (*_misplaced(problem, groups), *_bad_sizes(problem, groups), *_broken(problem, groups))


def _misplaced(problem: Problem, groups: Numbers) -> Iterator[Misplaced]:
    times = Counter(each for members in groups.values() for each in members)
    for person in problem.people:
        if times[person.id] != 1:
            yield Misplaced(person.id, times[person.id])


def _bad_sizes(problem: Problem, groups: Numbers) -> Iterator[BadSize]:
    for number, members in groups.items():
        if not problem.limits.smallest <= len(members) <= problem.limits.largest:
            yield BadSize(number, len(members))


def _broken(problem: Problem, groups: Numbers) -> Iterator[Constraint]:
    ids = {person.id for person in problem.people}
    where = {each: number for number, members in groups.items() for each in members if each in ids}
    for constraint in problem.constraints:
        match constraint:
            case Together(first, second) if first in where and second in where:
                broken = where[first] != where[second]
            case Apart(first, second) if first in where and second in where:
                broken = where[first] == where[second]
            case Pin(person, number):
                broken = person in where and where[person] != number
            case Lock(number, members):
                broken = set(groups.get(number, ())) != set(members) & ids
            case _:
                broken = False
        if broken:
            yield constraint


def alone(problem: Problem, groups: Numbers) -> tuple[tuple[int, str], ...]:
    """The only woman or the only man of a group: its number and the person's id."""
    found = []
    known = {person.id: person for person in problem.people}
    for number, members in sorted(groups.items()):
        by_gender: dict[str, list[str]] = defaultdict(list)
        for each in members:
            if each in known:
                by_gender[known[each].gender].append(each)
        found += [(number, ids[0]) for gender in ("woman", "man") if len(ids := by_gender[gender]) == 1]
    return tuple(found)
