"""The groups of a theme: never worse than the best there is, and never silently so."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.groups.solver.forming import form
from handlers.groups.solver.levels import measure, violations
from handlers.groups.solver.model import (
    Band,
    CannotSplit,
    Contradiction,
    GroupPlan,
    GroupProblem,
    Level,
    Limits,
    Pin,
    Placeable,
)
from tests.groups.solver.people import crossed_people, crowd, some_people, themes_of

Parts = list[list[Placeable]]


def partitions(people: tuple[Placeable, ...], count: int, limits: Limits) -> Iterator[Parts]:
    """Every way to part people into so many groups within limits."""

    def place(at: int, parts: Parts) -> Iterator[Parts]:
        lacking = sum(max(limits.smallest - len(part), 0) for part in parts)
        if lacking + (count - len(parts)) * limits.smallest > len(people) - at:
            return
        if at == len(people):
            yield parts
            return
        for part in parts:
            if len(part) < limits.largest:
                part.append(people[at])
                yield from place(at + 1, parts)
                part.pop()
        if len(parts) < count:
            parts.append([people[at]])
            yield from place(at + 1, parts)
            parts.pop()

    yield from place(0, [])


def worth(people: tuple[Placeable, ...], parts: Parts) -> tuple[int, ...]:
    """The levels as the rules have them, counted the plainest way."""
    n, k = len(people), len(parts)
    distinct = [len({person.country for person in part}) for part in parts]
    pairs = sum(one.country == two.country for part in parts for one in part for two in part if one.id < two.id)
    uneven = []
    for attribute in ("gender", "band", "platform"):
        total = Counter(getattr(person, attribute) for person in people)
        far = 0
        for part in parts:
            for value, many in total.items():
                count = sum(getattr(person, attribute) == value for person in part)
                low, high = len(part) * many // n, -(-len(part) * many // n)
                far += max(low - count, count - high, 0)
        uneven.append(far)
    sizes = sum(max(n // k - len(part), len(part) - -(-n // k), 0) for part in parts)
    return sum(map(len, parts)) - sum(distinct), pairs, -min(distinct), *uneven, sizes


def values(plan: GroupPlan) -> tuple[int, ...]:
    return tuple(-each.value if each.level is Level.WORST_GROUP else each.value for each in plan.measures)


@given(some_people(2, 8) | crossed_people(4, 8), st.integers(1, 3), st.integers(0, 2), st.integers(0, 3))
@settings(derandomize=True, max_examples=120, deadline=None)
def test_nothing_better_exists_among_all_ways_to_part_a_few_people(
    people: tuple[Placeable, ...], smallest: int, more: int, seed: int
) -> None:
    limits = Limits(smallest, smallest + more, smallest)
    problem = GroupProblem("t", people, limits, seed=seed)
    try:
        plan = form(problem)
    except CannotSplit:
        return
    assert not violations(problem, plan.groups)
    assert values(plan) == min(worth(people, parts) for parts in partitions(people, len(plan.groups), limits))
    assert plan.optimal


@given(some_people(5, 60), st.integers(0, 3))
@settings(derandomize=True, max_examples=25, deadline=None)
def test_everyone_is_placed_once_and_no_value_beats_its_bound(people: tuple[Placeable, ...], seed: int) -> None:
    problem = GroupProblem("t", people, seed=seed, time_limit=1)
    try:
        plan = form(problem)
    except CannotSplit:
        return
    assert not violations(problem, plan.groups)
    assert plan.measures == measure(problem, plan.groups, proven={each.level: each.proven for each in plan.measures})
    for each in plan.measures:
        better = each.value > each.proven if each.level is Level.WORST_GROUP else each.value < each.proven
        assert not better, each


@pytest.mark.parametrize("seed", range(10))
def test_a_gathering_of_a_hundred_meets_every_bound_in_every_theme(seed: int) -> None:
    for people in themes_of(crowd(100, seed), seed):
        problem = GroupProblem("t", people, seed=seed)
        plan = form(problem)
        assert not violations(problem, plan.groups)
        assert [each.value for each in plan.measures] == [each.bound for each in plan.measures]
        assert plan.optimal


@pytest.mark.parametrize("people", [100, 700])
def test_same_seed_same_groups(people: int) -> None:
    first, second, other = (form(GroupProblem("t", crowd(people), seed=seed)) for seed in (7, 7, 8))
    assert first == second
    assert first.groups != other.groups


def test_the_number_of_groups_wanted_is_kept() -> None:
    assert len(form(GroupProblem("t", crowd(100), count=15)).groups) == 15
    with pytest.raises(CannotSplit) as refused:
        form(GroupProblem("culture", crowd(100), count=30))
    assert (refused.value.theme, refused.value.count) == ("culture", 30)


@pytest.mark.parametrize("people", [0, 1, 4, 8, 9])
def test_too_few_people_are_refused(people: int) -> None:
    with pytest.raises(CannotSplit) as refused:
        form(GroupProblem("culture", crowd(people)))
    assert (refused.value.theme, refused.value.people) == ("culture", people)


def test_a_hundred_people_of_one_country_and_no_known_gender_are_as_mixed_as_can_be() -> None:
    plan = form(GroupProblem("t", tuple(Placeable(f"p{number:03}", "FR") for number in range(100))))
    assert plan.optimal
    found = {each.level: each.value for each in plan.measures}
    assert (found[Level.REPEATS], found[Level.WORST_GROUP], found[Level.GENDER]) == (83, 1, 0)


CROSSED = (
    Placeable("a", "FR", "woman", Band.YOUNG),
    Placeable("b", "FR", "man", Band.OLDER),
    Placeable("c", "BE", "woman", Band.OLDER),
    Placeable("d", "BE", "man", Band.YOUNG),
)


def test_what_cannot_be_met_is_proven_not_to_be() -> None:
    """Two nationalities, a woman and a man in each pair: then both are of one band."""
    plan = form(GroupProblem("t", CROSSED, Limits(2, 2, 2)))
    assert plan.number_of["a"] == plan.number_of["d"]
    age = next(each for each in plan.measures if each.level is Level.AGE)
    assert (age.value, age.bound, age.proven) == (4, 0, 4)


def test_what_time_does_not_allow_to_prove_is_not_called_optimal() -> None:
    hurried, patient = (form(GroupProblem("t", CROSSED, Limits(2, 2, 2), time_limit=limit)) for limit in (0, 60))
    assert not violations(GroupProblem("t", CROSSED, Limits(2, 2, 2)), hurried.groups)
    assert (hurried.optimal, patient.optimal) == (False, True)


def test_rules_are_handed_to_the_solver() -> None:
    people = crowd(12)
    plan = form(GroupProblem("t", people, constraints=(Pin("p000001", 2),)))
    assert plan.number_of["p000001"] == 2
    with pytest.raises(Contradiction):
        form(GroupProblem("t", people, constraints=(Pin("p000001", 9),)))


def test_numpy_and_highs_are_imported_only_when_they_search() -> None:
    script = """
import sys
import handlers.groups.solver.forming, handlers.groups.solver.levels
import handlers.groups.solver.remedies, handlers.groups.solver.sizes
assert not {"numpy", "highspy"} & set(sys.modules)
from handlers.groups.solver.model import GroupProblem, Placeable
plan = handlers.groups.solver.forming.form(GroupProblem("t", tuple(Placeable(str(each)) for each in range(12))))
assert plan.optimal and "numpy" in sys.modules and "highspy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)
