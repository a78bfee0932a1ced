"""Swaps that even out gender, age and platform."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.groups.solver.levels import measure
from handlers.groups.solver.model import Band, GroupProblem, Level, Placeable
from handlers.groups.solver.searching import Searched, search
from tests.groups.solver.people import DEALT, crowd, some_people


def searched(people: tuple[Placeable, ...], count: int, seed: int = 0, turns: int = 300) -> Searched:
    return search(people, count, seed=seed, turns=turns, until=time.monotonic() + 20)


@given(some_people(2, 50), st.integers(1, 20), st.integers(0, 3))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_swaps_keep_nationalities_and_sizes_and_count_as_the_levels_do(
    people: tuple[Placeable, ...], count: int, seed: int
) -> None:
    found = searched(people, min(count, len(people)), seed, turns=40)
    assert sorted(each for group in found.groups for each in group) == sorted(person.id for person in people)
    values = {each.level: each for each in measure(GroupProblem("t", people), dict(enumerate(found.groups, 1)))}
    assert all(values[level].value == values[level].bound for level in DEALT)
    assert found.outside == tuple(values[level].value for level in (Level.GENDER, Level.AGE, Level.PLATFORM))


@pytest.mark.parametrize("people", [33, 100, 300, 1000])
def test_groups_are_perfect_at_any_size(people: int) -> None:
    found = searched(crowd(people), round(people / 6), turns=1000)
    assert len(found.groups) == round(people / 6)
    assert found.outside == (0, 0, 0)


def test_groups_without_any_slack_are_perfect_too() -> None:
    """Each of 60 groups must hold three women, three men and two of each band."""
    people = [
        Placeable(f"p{number}", "FR" if number % 2 else "BE", "woman" if number % 4 < 2 else "man", band)
        for number, band in enumerate([Band.YOUNG, Band.MIDDLE, Band.OLDER] * 120)
    ]
    found = searched(tuple(people), 60, turns=1000)
    assert {len(group) for group in found.groups} == {6}
    assert found.outside == (0, 0, 0)


@pytest.mark.parametrize("people", [33, 120])
def test_same_seed_same_groups(people: int) -> None:
    someone = list(crowd(people))
    first = searched(tuple(someone), people // 6, seed=3)
    random.Random(2).shuffle(someone)
    assert searched(tuple(someone), people // 6, seed=3) == first
    assert searched(tuple(someone), people // 6, seed=4) != first


def test_what_time_does_not_allow_is_left_as_dealt() -> None:
    found = search(crowd(100), 17, seed=0, turns=1000, until=time.monotonic())
    values = measure(GroupProblem("t", crowd(100)), dict(enumerate(found.groups, 1)))
    assert all(value.value == value.bound for value in values if value.level in DEALT)
