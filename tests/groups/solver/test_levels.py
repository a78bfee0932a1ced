"""What groups are worth, and the rules they break."""

from __future__ import annotations

import itertools
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.groups.solver.levels import (
    Missing,
    Stranger,
    Twice,
    WrongSize,
    alone,
    bounds_for,
    forced_moves,
    measure,
    violations,
)
from handlers.groups.solver.model import Apart, GroupProblem, Level, Limits, Lock, Pin, Placeable, Together
from tests.groups.solver.people import crowd

FOUR = (
    Placeable("a", "FR", "woman"),
    Placeable("b", "FR", "man"),
    Placeable("c", "BE", "woman"),
    Placeable("d", "BE", "man"),
)
PAIRS = Limits(2, 2, 2)


def test_fewer_groups_of_a_hundred_meet_more_nationalities_each() -> None:
    people = crowd(100)
    assert round(bounds_for(people, 15), 1) == 4.3
    assert round(bounds_for(people, 15) * 15) == 65
    assert bounds_for(people, 20) == 3.5


def test_values_stand_beside_their_bounds() -> None:
    apart = measure(GroupProblem("t", FOUR, PAIRS), {1: ("a", "b"), 2: ("c", "d")})
    assert [(each.level, each.value, each.bound) for each in apart] == [
        (Level.REPEATS, 2, 0),
        (Level.COMPATRIOTS, 2, 0),
        (Level.WORST_GROUP, 1, 2),
        (Level.GENDER, 0, 0),
        (Level.AGE, 0, 0),
        (Level.PLATFORM, 0, 0),
        (Level.SIZES, 0, 0),
    ]
    mixed = measure(GroupProblem("t", FOUR, PAIRS), {1: ("a", "c"), 2: ("b", "d")})
    assert [each.value for each in mixed] == [0, 0, 2, 4, 0, 0, 0]


def test_a_solvers_limit_holds_where_it_is_tighter() -> None:
    groups = {1: ("a", "b"), 2: ("c", "d")}
    proven = {Level.REPEATS: 1, Level.WORST_GROUP: 1, Level.GENDER: -5}
    found = {each.level: each for each in measure(GroupProblem("t", FOUR, PAIRS), groups, proven=proven)}
    assert (found[Level.REPEATS].proven, found[Level.REPEATS].optimal) == (1, False)
    assert (found[Level.WORST_GROUP].proven, found[Level.WORST_GROUP].optimal) == (1, True)
    assert found[Level.GENDER].proven == 0


def test_meeting_again_counts_once_a_past_round() -> None:
    past = ({"a": "x", "b": "x", "gone": "x"}, {"a": "1", "b": "1", "c": "1", "d": "2"})
    again, *_ = measure(GroupProblem("t", FOUR, PAIRS, history=past), {1: ("a", "b"), 2: ("c", "d")})
    assert (again.level, again.value, again.bound) == (Level.MET_AGAIN, 2, 1)


def test_moves_count_those_who_had_another_group() -> None:
    problem = GroupProblem("t", FOUR, PAIRS, previous={"a": 1, "b": 2, "c": 2, "gone": 1})
    moves, *_ = measure(problem, {1: ("a", "b"), 2: ("c", "d")})
    assert (moves.level, moves.value, moves.bound) == (Level.MOVES, 1, 0)


@cache
def ways(people: int, count: int) -> list[tuple[int, ...]]:
    """All ways to put so many people into so many groups of two or three, counted from 0."""
    every = itertools.product(range(count), repeat=people)
    return [places for places in every if all(2 <= places.count(group) <= 3 for group in range(count))]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.sampled_from((1, 2, 3, 4, None)), min_size=4, max_size=7), st.integers(1, 3))
def test_forced_moves_are_the_fewest_that_any_groups_of_allowed_sizes_need(
    before: list[int | None], count: int
) -> None:
    people = tuple(Placeable(str(each)) for each in range(len(before)))
    previous = {str(each): number for each, number in enumerate(before) if number is not None}
    limits = Limits(2, 3, 2)
    stays = [
        [[was in (None, number) for number in numbers] for was in before]
        for numbers in itertools.combinations(range(1, 8), count)
    ]
    fewest = min(
        (
            sum(not stay[at] for stay, at in zip(of_all, places, strict=True))
            for of_all in stays
            for places in ways(len(before), count)
        ),
        default=None,
    )
    if fewest is not None:
        assert forced_moves(GroupProblem("t", people, limits, previous=previous), count) == fewest


def test_sizes_and_people_out_of_place_are_named() -> None:
    found = violations(GroupProblem("t", FOUR, PAIRS), {1: ("a", "b", "z"), 2: ("c", "a")})
    assert found == (WrongSize(1, 3), Stranger("z", 1), Missing("d"), Twice("a"))


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        (Together("a", "b"), False),
        (Together("a", "c"), True),
        (Together("a", "gone"), False),
        (Apart("a", "b"), True),
        (Apart("a", "d"), False),
        (Pin("a", 1), False),
        (Pin("a", 2), True),
        (Pin("a", 9), True),
        (Pin("gone", 2), False),
        (Lock(1, ("a", "b", "gone")), False),
        (Lock(1, ("a",)), True),
        (Lock(2, ("c", "d", "a")), True),
    ],
)
def test_rules_are_kept_or_named(rule: Together | Apart | Pin | Lock, broken: bool) -> None:
    problem = GroupProblem("t", FOUR, PAIRS, constraints=(rule,))
    assert violations(problem, {1: ("a", "b"), 2: ("c", "d")}) == ((rule,) if broken else ())


def test_a_lone_woman_or_man_is_reported() -> None:
    people = (*FOUR, Placeable("e", gender="woman"), Placeable("f", gender="other"), Placeable("g"))
    assert alone(GroupProblem("t", people), {1: ("a", "b", "e"), 3: ("c", "f", "g"), 4: ("d", "g")}) == (
        (1, "b"),
        (3, "c"),
        (4, "d"),
    )
