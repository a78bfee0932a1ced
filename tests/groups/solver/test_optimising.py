"""Groups under rules: as good as trying every way, and never against a rule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.groups.solver.levels import measure, violations
from handlers.groups.solver.model import (
    Apart,
    CannotSplit,
    Contradiction,
    GroupProblem,
    Level,
    Limits,
    Lock,
    Numbers,
    Pin,
    Placeable,
    Together,
)
from handlers.groups.solver.optimising import optimise
from handlers.groups.solver.repairing import count_for, numberings
from tests.groups.solver.people import crowd
from tests.groups.solver.problems import ruled

SMALL = Limits(smallest=2, largest=3, target=3)


@st.composite
def small_problems(draw: st.DrawFn) -> GroupProblem:
    """Up to seven people in two or three groups, with rules, a past, former groups, in any mixture."""
    ids = [f"p{index}" for index in range(draw(st.integers(4, 7)))]
    people = tuple(
        Placeable(
            id_,
            country=draw(st.sampled_from(["FR", "BE", "CH", ""])),
            gender=draw(st.sampled_from(["woman", "man"])),
            band=draw(st.sampled_from(["young", "older"])),
            platform=draw(st.sampled_from(["telegram", "web"])),
        )
        for id_ in ids
    )
    anyone, number = st.sampled_from([*ids, "left"]), st.integers(1, 3)
    rule = st.one_of(
        st.builds(Together, anyone, anyone),
        st.builds(Apart, anyone, anyone),
        st.builds(Pin, anyone, number),
        st.builds(Lock, number, st.lists(anyone, min_size=2, max_size=3, unique=True).map(tuple)),
    ).filter(lambda each: not (isinstance(each, Together | Apart) and each.first == each.second))
    previous = st.dictionaries(anyone, number, min_size=1)
    past = st.dictionaries(anyone, st.sampled_from("ab"), min_size=1)
    return GroupProblem(
        theme="Culture",
        people=people,
        limits=SMALL,
        constraints=tuple(draw(st.lists(rule, max_size=3))),
        previous=draw(st.none() | previous),
        history=tuple(draw(st.lists(past, max_size=2))),
        seed=draw(st.integers(0, 3)),
        time_limit=20.0,
    )


def every_way(problem: GroupProblem) -> Iterator[Numbers]:
    """All groups that obey every rule."""
    ids = [person.id for person in problem.people]
    for numbers in numberings(problem, count_for(problem)):
        for where in product(numbers, repeat=len(ids)):
            groups = {
                number: tuple(each for each, at in zip(ids, where, strict=True) if at == number) for number in numbers
            }
            if not violations(problem, groups):
                yield groups


def rank(problem: GroupProblem, groups: Numbers) -> tuple[int, ...]:
    """Values in the order of levels, the smaller the better."""
    return tuple(-each.value if each.level is Level.WORST_GROUP else each.value for each in measure(problem, groups))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(small_problems())
def test_nothing_is_better_than_what_is_called_optimal(problem: GroupProblem) -> None:
    best = min((rank(problem, groups) for groups in every_way(problem)), default=None)
    if best is None:
        with pytest.raises(Contradiction) as caught:
            optimise(problem)
        assert caught.value.conflict
        return
    plan = optimise(problem)
    assert not violations(problem, plan.groups)
    assert rank(problem, plan.groups) == best
    assert plan.optimal


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_people_with_pairs_and_pins_are_proven_best(seed: int) -> None:
    problem = ruled(crowd(100, seed), together=3, apart=3, pins=2, seed=seed)
    plan = optimise(problem)
    assert not violations(problem, plan.groups)
    assert plan.optimal
    assert optimise(problem) == plan


def test_compatriots_who_stay_together_cost_what_they_must_and_no_more() -> None:
    people = crowd(100, 1)
    first, second, *_ = (person.id for person in people if person.country == "DE")
    plan = optimise(GroupProblem("Culture", people, constraints=(Together(first, second),)))
    repeats = next(each for each in plan.measures if each.level is Level.REPEATS)
    assert (repeats.value, repeats.proven) == (repeats.bound + 1, repeats.bound + 1)
    assert plan.optimal


def test_a_locked_group_keeps_those_who_still_come_and_nobody_else() -> None:
    people = crowd(33, 2)
    members = tuple(person.id for person in people[:6])
    problem = GroupProblem("Culture", people, constraints=(Lock(4, (*members, "gone")), Pin(people[9].id, 1)))
    plan = optimise(problem)
    assert set(plan.groups[4]) == set(members)
    assert people[9].id in plan.groups[1]
    assert not violations(problem, plan.groups)


def test_rules_and_pasts_that_name_people_who_left_ask_for_nothing() -> None:
    people = crowd(33, 3)
    rules = (Together("gone", people[0].id), Apart("gone", people[1].id), Pin("gone", 99))
    past = {"gone": "1", people[2].id: "1", people[3].id: "1"}
    plan = optimise(GroupProblem("Culture", people, constraints=rules, history=(past,)))
    assert plan.optimal
    assert sorted(each for group in plan.groups.values() for each in group) == [person.id for person in people]


@pytest.mark.parametrize("number", [0, 7, -1])
def test_a_pin_to_a_group_that_cannot_exist_is_named(number: int) -> None:
    people = crowd(33, 4)
    pin = Pin(people[5].id, number)
    with pytest.raises(Contradiction) as caught:
        optimise(GroupProblem("Culture", people, constraints=(Pin(people[0].id, 1), pin)))
    assert caught.value.conflict == (pin,)


def test_people_who_cannot_be_split_are_counted() -> None:
    with pytest.raises(CannotSplit) as caught:
        optimise(GroupProblem("Culture", crowd(9, 5), constraints=(Pin("p000001", 1),)))
    assert (caught.value.theme, caught.value.people) == ("Culture", 9)
