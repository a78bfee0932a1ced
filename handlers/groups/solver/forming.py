"""The groups of one theme, however they must be found."""

from __future__ import annotations

import time

from handlers.groups.solver.levels import measure
from handlers.groups.solver.model import GroupPlan, GroupProblem, Level, TooLong
from handlers.groups.solver.repairing import numberings
from handlers.groups.solver.sizes import choose_count

_TURNS = 3000
_TURNS_BEFORE_PROOF = 300
_PROVABLE = 150  # people up to whom a solver can be asked when the search does not settle it


def form(problem: GroupProblem) -> GroupPlan:
    """The best groups, by search where nothing constrains them and by a solver where something does.

    A level's `proven` says whether nothing better exists. Raises CannotSplit, Contradiction, TooLong.
    """
    if problem.constraints or problem.previous is not None or problem.history:
        return _optimised(problem)
    plan = _searched(problem)
    if plan.optimal or len(problem.people) > _PROVABLE:
        return plan
    try:
        return min(_optimised(problem), plan, key=_rank)
    except TooLong:
        return plan


def _searched(problem: GroupProblem) -> GroupPlan:
    from handlers.groups.solver.searching import search  # numpy is imported only when a search begins

    people = len(problem.people)
    count = choose_count(people, problem.limits, problem.count, theme=problem.theme)
    found = search(
        problem.people,
        count,
        seed=problem.seed,
        turns=_TURNS if people > _PROVABLE else _TURNS_BEFORE_PROOF,
        until=time.monotonic() + problem.time_limit,
    )
    groups = dict(zip(numberings(problem, count)[0], found.groups, strict=True))
    return GroupPlan(problem.theme, groups, measure(problem, groups))


def _optimised(problem: GroupProblem) -> GroupPlan:
    from handlers.groups.solver.optimising import optimise  # HiGHS is imported only when it is needed

    return optimise(problem)


def _rank(plan: GroupPlan) -> tuple[tuple[int, ...], int]:
    """For comparing plans of one problem: the better first, of equals the one with more proven."""
    values = tuple(-each.value if each.level is Level.WORST_GROUP else each.value for each in plan.measures)
    return values, -sum(each.optimal for each in plan.measures)
