"""Repairing groups moves as few people as can be, and keeps the groups' numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.groups.solver.forming import form
from handlers.groups.solver.levels import violations
from handlers.groups.solver.model import GroupPlan, GroupProblem, Level, Lock, Pin, Placeable
from handlers.groups.solver.optimising import optimise
from tests.groups.solver.people import crowd


def moved(plan: GroupPlan) -> int:
    """How many people changed group."""
    return next(measure.value for measure in plan.measures if measure.level is Level.MOVES)


def after(problem: GroupProblem, gone: int, late: int) -> GroupProblem:
    """The morning after: the first so many do not come, so many others do."""
    before = form(problem).number_of
    newcomers = tuple(replace(person, id=f"late{person.id}") for person in crowd(late, 99))
    return replace(problem, people=(*problem.people[gone:], *newcomers), previous=before)


@pytest.mark.parametrize("seed", range(4))
def test_no_shows_and_latecomers_move_only_whom_sizes_force(seed: int) -> None:
    problem = after(GroupProblem("Culture", crowd(34, seed), seed=seed), gone=4, late=2)
    plan = optimise(problem)
    assert not violations(problem, plan.groups)
    assert plan.optimal
    assert plan.measures[0].level is Level.MOVES
    assert plan.measures[0].value == plan.measures[0].bound


def test_nobody_moves_where_nobody_must() -> None:
    problem = GroupProblem("Culture", crowd(33, 1))
    before = form(problem)
    plan = optimise(replace(problem, previous=before.number_of))
    assert moved(plan) == 0
    assert plan.groups == before.groups


def test_a_group_is_dissolved_where_too_few_are_left_and_the_others_keep_their_numbers() -> None:
    problem = GroupProblem("Culture", crowd(33, 2))
    before = form(problem).groups
    gone = {before[3][0], before[3][1], before[3][2], before[5][0]}
    people = tuple(person for person in problem.people if person.id not in gone)
    plan = optimise(replace(problem, people=people, previous=form(problem).number_of))
    assert sorted(plan.groups) == [1, 2, 4, 5, 6]
    assert moved(plan) == len(before[3]) - 3


def test_a_group_that_is_locked_or_pinned_to_is_not_the_one_dissolved() -> None:
    problem = GroupProblem("Culture", crowd(33, 2))
    before = form(problem).groups
    gone = {before[3][0], before[5][0], before[5][1], before[6][0]}
    people = tuple(person for person in problem.people if person.id not in gone)
    locked = Lock(1, before[1])
    previous = {each: number for number, group in before.items() for each in group}
    kept = optimise(replace(problem, people=people, previous=previous, constraints=(locked, Pin(before[5][2], 5))))
    assert {1, 5} <= set(kept.groups)
    assert set(kept.groups[1]) == set(before[1])
    assert kept.optimal


def test_an_added_group_takes_the_next_free_number() -> None:
    people = tuple(Placeable(f"p{index}", "FR") for index in range(15))
    previous = {person.id: 1 + index // 7 for index, person in enumerate(people[:14])}
    plan = optimise(GroupProblem("Culture", people, previous=previous))
    assert sorted(plan.groups) == [1, 2, 3]
    assert moved(plan) == plan.measures[0].bound == 4


def test_a_group_added_gets_no_number_that_is_taken() -> None:
    problem = GroupProblem("Culture", crowd(12, 4), taken=frozenset({2}))
    before = form(problem)
    assert sorted(before.groups) == [1, 3]
    late = tuple(replace(person, id=f"late{person.id}") for person in crowd(6, 99))
    plan = optimise(
        replace(problem, people=(*problem.people, *late), previous=before.number_of, taken=frozenset({2, 4}))
    )
    assert sorted(plan.groups) == [1, 3, 5]
