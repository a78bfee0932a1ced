"""New groups each round: people meet again as little as can be."""

from __future__ import annotations

from itertools import combinations

import pytest

from handlers.groups.solver.levels import violations
from handlers.groups.solver.model import Apart, GroupPlan, GroupProblem, Level, Together
from handlers.groups.solver.rounds import SEATS, plan_rounds
from tests.groups.solver.people import crowd


def met_again(plan: GroupPlan) -> tuple[int, int]:
    """Pairs who met before, and their bound."""
    return next((measure.value, measure.bound) for measure in plan.measures if measure.level is Level.MET_AGAIN)


@pytest.mark.parametrize("people", [28, 33, 38])
def test_the_second_round_is_at_every_bound(people: int) -> None:
    first, second = plan_rounds(GroupProblem("Culture", crowd(people, 1)), 2)
    assert all(measure.value == measure.bound for plan in (first, second) for measure in plan.measures)


def test_in_a_third_round_nobody_need_meet_again() -> None:
    problem = GroupProblem("Culture", crowd(40, 2), time_limit=60)
    plans = plan_rounds(problem, 3)
    assert [sum(map(len, plan.groups.values())) for plan in plans] == [40] * 3
    assert not any(violations(problem, plan.groups) for plan in plans)
    assert met_again(plans[2]) == (0, 0)


@pytest.mark.parametrize("people", sorted(SEATS))
def test_four_rounds_in_six_groups_where_nobody_meets_twice(people: int) -> None:
    problem = GroupProblem("Culture", crowd(people, 3), time_limit=60)
    plans = plan_rounds(problem, 4)
    assert not any(violations(problem, plan.groups) for plan in plans)
    assert [met_again(plan) for plan in plans[1:]] == [(0, 0)] * 3
    assert all(measure.value == measure.bound for plan in plans[:2] for measure in plan.measures)
    pairs = [pair for plan in plans for group in plan.groups.values() for pair in combinations(sorted(group), 2)]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("seats", SEATS.values())
def test_no_two_seats_of_the_design_agree_twice(seats: str) -> None:
    for one, other in combinations(seats.split(), 2):
        assert sum(first == second for first, second in zip(one, other, strict=True)) <= 1


def test_rules_hold_in_every_round() -> None:
    people = crowd(33, 4)
    rules = (Together(people[0].id, people[60 % 33].id), Apart(people[1].id, people[2].id))
    problem = GroupProblem("Culture", people, constraints=rules, time_limit=1)
    plans = plan_rounds(problem, 3)
    assert len(plans) == 3
    assert not any(violations(problem, plan.groups) for plan in plans)


def test_same_seed_same_rounds() -> None:
    problem = GroupProblem("Culture", crowd(33, 5), seed=8)
    assert plan_rounds(problem, 2) == plan_rounds(problem, 2)
