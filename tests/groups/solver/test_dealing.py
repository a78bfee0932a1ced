"""People dealt out by nationality."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.groups.solver.levels import measure
from handlers.groups.solver.model import GroupProblem, Measure, Numbers, Placeable
from handlers.groups.solver.searching import deal
from tests.groups.solver.people import DEALT, crowd, some_people


def numbered(groups: list[list[Placeable]]) -> Numbers:
    return {number: tuple(person.id for person in group) for number, group in enumerate(groups, 1)}


def short_of_bounds(people: tuple[Placeable, ...], groups: list[list[Placeable]]) -> list[Measure]:
    """What dealing looks after and did not do as well as can be."""
    measures = [each for each in measure(GroupProblem("t", people), numbered(groups)) if each.level in DEALT]
    assert {each.level for each in measures} == DEALT
    return [each for each in measures if each.value != each.bound]


@given(some_people(1, 40), st.integers(1, 8), st.integers(0, 5))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_dealing_meets_the_bounds_of_nationalities_and_sizes(
    people: tuple[Placeable, ...], count: int, seed: int
) -> None:
    count = min(count, len(people))
    groups = deal(people, count, seed)
    assert sorted(person.id for group in groups for person in group) == sorted(person.id for person in people)
    assert short_of_bounds(people, groups) == []


@pytest.mark.parametrize("count", range(15, 21))
def test_a_hundred_people_are_dealt_to_any_feasible_number_of_groups(count: int) -> None:
    people = crowd(100)
    groups = deal(people, count)
    assert sorted(person.id for group in groups for person in group) == sorted(person.id for person in people)
    assert short_of_bounds(people, groups) == []


def test_the_seed_decides_and_not_the_order_in_which_people_are_given() -> None:
    people = list(crowd(100))
    groups = deal(people, 17, seed=4)
    random.Random(1).shuffle(people)
    assert deal(people, 17, seed=4) == groups
    assert deal(people, 17, seed=5) != groups
