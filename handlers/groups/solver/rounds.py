"""Rounds: new groups each time, in which people meet again as little as can be, planned together."""

from __future__ import annotations

import time
from dataclasses import replace

from handlers.groups.solver.forming import form
from handlers.groups.solver.levels import measure
from handlers.groups.solver.model import Plan, Problem

_FIRSTS = 16  # first rounds tried for a second at every limit
_MISSES = 8  # first rounds not at every limit, before it is taken that none is
_SHORT = 400  # steps of a search for either
_STEPS = 1500  # swaps of places in a design


def plan_rounds(problem: Problem, rounds: int) -> tuple[Plan, ...]:
    """The plans of so many rounds, each with the former ones in its history; its time limit is for all of them.

    The first is as good as `form` makes it; of equals one may be taken that lets people meet again less often later.
    Where a round may have met before, its limit is given the rounds before it. Raises as `form` does.
    """
    until = time.monotonic() + problem.time_limit
    plans = _designed(problem, rounds) or _paired(problem, rounds)
    for done in range(len(plans), rounds):
        left = max(until - time.monotonic(), 0.1)
        plans.append(form(replace(_after(problem, plans), time_limit=left / (rounds - done))))
    return tuple(plans)


def _after(problem: Problem, plans: list[Plan]) -> Problem:
    """The next round's problem: those planned are its history, and nobody is moved from a group of theirs."""
    if not plans:
        return problem
    met = tuple({each: str(number) for each, number in plan.number_of.items()} for plan in plans)
    return replace(problem, previous=None, history=problem.history + met)


def _paired(problem: Problem, rounds: int) -> list[Plan]:
    """Two rounds at every limit, the first chosen for the second; none where no first one tried allows it."""
    from handlers.groups.solver.optimising import quick

    misses = 0
    for attempt in range(_FIRSTS if rounds > 1 else 0):
        first = quick(replace(problem, seed=problem.seed + attempt * 7919), steps=_SHORT)
        misses += first is None
        if misses > _MISSES:
            break
        second = quick(_after(problem, [first]), steps=_SHORT) if first else None
        if first and second:
            return [first, second]
    return []


def _designed(problem: Problem, rounds: int) -> list[Plan]:
    """Plans by the design where round after round would lead into a corner; none where it does not serve."""
    from handlers.groups.solver import rounds_design
    from handlers.groups.solver.optimising_frame import frame_of
    from handlers.groups.solver.repairing import count_for, numberings

    frame = frame_of(problem, numberings(problem, count_for(problem))[0])
    if rounds < rounds_design.ROUNDS or not rounds_design.fits(frame):
        return []
    where = rounds_design.place(frame, seed=problem.seed, steps=_STEPS)
    plans: list[Plan] = []
    for each in where if where is not None else ():
        groups = frame.groups(each)
        plans.append(Plan(problem.theme, groups, measure(_after(problem, plans), groups)))
    return plans
