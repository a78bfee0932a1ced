"""Forms the groups of one theme: by swaps of people alone or, if there are rules, with a solver of linear problems."""

from __future__ import annotations

import time

from handlers.groups.solver.levels import measure
from handlers.groups.solver.model import GroupPlan, GroupProblem, Level, TooLong
from handlers.groups.solver.repairing import numberings
from handlers.groups.solver.sizes import choose_count

_TURNS = 3000
_TURNS_BEFORE_PROOF = 300
_PROVABLE = 150  # the most people for whom HiGHS is asked when the search leaves something unproven


def form(problem: GroupProblem) -> GroupPlan:
    """Return the best groups that were found for a problem; better groups may exist unless the result is `optimal`.

    Without rules, a search by swaps of people is enough; otherwise HiGHS, a solver of linear problems, is used. Raises
    CannotSplit if no sizes fit, Contradiction if rules exclude each other, and TooLong if the time limit ends before
    any groups are found.
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
    searched = search(
        problem.people,
        count,
        seed=problem.seed,
        turns=_TURNS if people > _PROVABLE else _TURNS_BEFORE_PROOF,
        until=time.monotonic() + problem.time_limit,
    )
    groups = dict(zip(numberings(problem, count)[0], searched.groups, strict=True))
    return GroupPlan(problem.theme, groups, measure(problem, groups))


def _optimised(problem: GroupProblem) -> GroupPlan:
    from handlers.groups.solver.optimising import optimise  # HiGHS is imported only when it is needed

    return optimise(problem)


def _rank(plan: GroupPlan) -> tuple[tuple[int, ...], int]:
    """Return a key to compare plans of one problem: the smaller is the better, or as good and with more proven."""
    values = tuple(
        -measure_.value if measure_.level is Level.WORST_GROUP else measure_.value for measure_ in plan.measures
    )
    return values, -sum(measure_.optimal for measure_ in plan.measures)
