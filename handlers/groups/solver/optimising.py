"""Groups under rules, proven best level by level.

A search that obeys the rules comes first: where it meets every closed-form bound, that is the proof. Else HiGHS takes
the levels in order, each held where it is before the next.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.groups.solver.conflicts import settle, smallest_conflict
from handlers.groups.solver.floors import floors
from handlers.groups.solver.frame import COUNTED, Frame, Ints, frame_of
from handlers.groups.solver.levels import measure
from handlers.groups.solver.linear import solve
from handlers.groups.solver.model import Contradiction, GroupPlan, GroupProblem, Level, Numbers, TooLong
from handlers.groups.solver.repairing import count_for, numberings
from handlers.groups.solver.swapping import MEETING, rank, search, values_of

_STEPS = 1500  # of the search, before anything is proven
_REPAIR_STEPS = 150  # few may move, so HiGHS is quick
_MEETINGS = 4  # searches for meeting again less, each twice as long
_NODES = 200  # of a search tree
_SHARE = 0.4  # of the time left, for meeting all bounds at once


@dataclass(frozen=True, slots=True)
class _Found:
    """Groups, and what is known of each level."""

    frame: Frame
    where: Ints
    values: Mapping[Level, int]
    limits: Mapping[Level, int]


def optimise(problem: GroupProblem, *, start: Numbers | None = None) -> GroupPlan:
    """The best groups there are, or the best found in time: then a level's `proven` differs from its value.

    `start` are groups that obey every rule, to begin from. Raises CannotSplit, Contradiction (with a smallest set),
    TooLong.
    """
    until = time.monotonic() + problem.time_limit
    count = count_for(problem)
    found: list[_Found] = []
    complete = True
    choices = numberings(problem, count)
    for numbers in choices:
        frame = frame_of(problem, numbers)
        bounds = floors(frame)
        if found and Level.MOVES in bounds and bounds[Level.MOVES] > min(each.values[Level.MOVES] for each in found):
            break
        if found and time.monotonic() > until:
            complete = False
            break
        try:
            first = frame.places(start) if start else settle(frame, seconds=until - time.monotonic(), seed=problem.seed)
        except TimeoutError:
            complete = False
            continue
        if first is not None:
            found.append(_best(frame, bounds, first, problem.seed, until))
    if not found:
        if not complete:
            raise TooLong(problem.theme, problem.time_limit)
        raise Contradiction(problem.theme, smallest_conflict(problem, count, numbers=choices[0]))
    best = min(found, key=lambda each: rank(each.frame, each.values))
    proven = _proven(best, found) if complete else {}
    groups = best.frame.groups(best.where)
    return GroupPlan(problem.theme, groups, measure(problem, groups, proven=proven))


def quick(problem: GroupProblem, *, steps: int) -> GroupPlan | None:
    """Groups at every floor where a search of so many steps finds some, else None.

    Raises CannotSplit and TimeoutError.
    """
    frame = frame_of(problem, numberings(problem, count_for(problem))[0])
    limits = floors(frame)
    start = settle(frame, seconds=problem.time_limit, seed=problem.seed)
    if start is None:
        return None
    where = search(frame, limits, start, seed=problem.seed, steps=steps)
    if values_of(frame, where) != limits:
        return None
    groups = frame.groups(where)
    return GroupPlan(problem.theme, groups, measure(problem, groups, proven=limits))


def _proven(best: _Found, found: list[_Found]) -> dict[Level, int]:
    """What holds whichever groups are dissolved: the weakest limit of those still in the running."""
    proven: dict[Level, int] = {}
    running = found
    for level in best.frame.levels:
        weakest = max if level is Level.WORST_GROUP else min
        proven[level] = weakest(each.limits[level] for each in running)
        sign = -1 if level is Level.WORST_GROUP else 1
        running = [each for each in running if sign * each.limits[level] <= sign * best.values[level]]
    return proven


def _best(frame: Frame, bounds: Mapping[Level, int], start: Ints, seed: int, until: float) -> _Found:
    """The best for given group numbers."""
    steps = _STEPS if Level.MOVES not in bounds else _REPAIR_STEPS
    found = search(frame, bounds, start, seed=seed, steps=steps)
    where = min(start, found, key=lambda each: rank(frame, values_of(frame, each)))
    values = values_of(frame, where)
    for attempt in range(_MEETINGS if Level.MET_AGAIN in values else 0):
        if values[Level.MET_AGAIN] == bounds[Level.MET_AGAIN] or values.get(Level.MOVES) != bounds.get(Level.MOVES):
            break
        found = search(frame, bounds, where, seed=seed + attempt, steps=2 * _STEPS, weights=MEETING)
        where = min(where, found, key=lambda each: rank(frame, values_of(frame, each)))
        values = values_of(frame, where)
    if values == bounds:
        return _Found(frame, where, values, bounds)
    # With a past the last levels may take for ever: counted in nodes, same seed same groups.
    nodes = _NODES if Level.MET_AGAIN in values else None
    left = until - time.monotonic()
    answer = solve(frame, bounds, None, start=None, seconds=_SHARE * left, seed=seed, nodes=nodes)
    if answer.places is not None:
        where = answer.places
    held: dict[Level, int] = {}
    limits: dict[Level, int] = {}
    for level in frame.levels:
        values = values_of(frame, where)
        limits[level] = bounds[level]
        if level is Level.SIZES and any(held[each] != bounds[each] for each in COUNTED):
            limits[level] = 0
        left = until - time.monotonic()
        if values[level] != limits[level] and left > 0:
            answer = solve(frame, held, level, start=where, seconds=left, seed=seed, nodes=nodes)
            if answer.limit is not None:
                tighter = min if level is Level.WORST_GROUP else max
                limits[level] = tighter(limits[level], answer.limit)
            if answer.places is not None:
                where = min(where, answer.places, key=lambda each: rank(frame, values_of(frame, each)))
                values = values_of(frame, where)
        held[level] = values[level]
    return _Found(frame, where, values_of(frame, where), limits)
