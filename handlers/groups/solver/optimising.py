"""Finds the best groups under rules, and proves level by level that none are better.

A search by swaps comes first: if it reaches the floor of every level (a limit from counts alone), that is the proof.
Otherwise HiGHS optimises the levels in order, and each keeps its value while the next are optimised.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from handlers.groups.solver.conflicts import find_placement, smallest_conflict
from handlers.groups.solver.floors import floors
from handlers.groups.solver.frame import COUNTED, Frame, Ints, frame_of
from handlers.groups.solver.levels import measure
from handlers.groups.solver.linear import solve
from handlers.groups.solver.model import Contradiction, GroupPlan, GroupProblem, Level, Numbers, TooLong
from handlers.groups.solver.repairing import count_for, numberings
from handlers.groups.solver.swapping import MEETING, rank, search, values_of

_STEPS = 1500  # steps of the search before HiGHS
_REPAIR_STEPS = 150  # the same in a repair: few people may move, so HiGHS is quick
_MEETINGS = 4  # at most so many searches by which fewer people meet again, each of twice as many steps
_NODES = 200  # the most nodes of a search tree
_SHARE = 0.4  # share of the time left in which HiGHS tries to reach all floors at once


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A placement (U,), the values it reaches, and the best limit known of each level."""

    frame: Frame
    where: Ints
    values: Mapping[Level, int]
    limits: Mapping[Level, int]


def optimise(problem: GroupProblem, *, start: Numbers | None = None) -> GroupPlan:
    """Return the best groups found within the problem's time limit; better ones may exist unless they are `optimal`.

    The search begins with the groups `start`, which must obey every rule; None lets the search find groups itself.
    Raises CannotSplit if no sizes fit, Contradiction (with a smallest set of rules) if rules exclude each other, and
    TooLong if no groups are found in time.
    """
    until = time.monotonic() + problem.time_limit
    count = count_for(problem)
    candidates: list[_Candidate] = []
    complete = True
    choices_of_numbers = numberings(problem, count)
    for numbers in choices_of_numbers:
        frame = frame_of(problem, numbers)
        bounds = floors(frame)
        if Level.MOVES in bounds and any(bounds[Level.MOVES] > item.values[Level.MOVES] for item in candidates):
            break
        if candidates and time.monotonic() > until:
            complete = False
            break
        try:
            left = until - time.monotonic()
            placement = frame.placement(start) if start else find_placement(frame, seconds=left, seed=problem.seed)
        except TimeoutError:
            complete = False
            continue
        if placement is not None:
            candidates.append(_best(frame, bounds, placement, problem.seed, until))
    if not candidates:
        if not complete:
            raise TooLong(problem.theme, problem.time_limit)
        raise Contradiction(problem.theme, smallest_conflict(problem, count, numbers=choices_of_numbers[0]))
    best = min(candidates, key=lambda candidate: rank(candidate.frame, candidate.values))
    proven = _proven(best, candidates) if complete else {}
    groups = best.frame.groups(best.where)
    return GroupPlan(problem.theme, groups, measure(problem, groups, proven=proven))


def form_at_floors(problem: GroupProblem, *, steps: int) -> GroupPlan | None:
    """Return groups in which every level reaches its floor; None if a search of `steps` steps finds none.

    A level is a count that the solver minimises, its floor the best value that simple counts allow. Raises CannotSplit
    if no sizes fit, and TimeoutError if the time limit ends before any groups that obey the rules are found.
    """
    frame = frame_of(problem, numberings(problem, count_for(problem))[0])
    limits = floors(frame)
    start = find_placement(frame, seconds=problem.time_limit, seed=problem.seed)
    if start is None:
        return None
    where = search(frame, limits, start, seed=problem.seed, steps=steps)
    if values_of(frame, where) != limits:
        return None
    groups = frame.groups(where)
    return GroupPlan(problem.theme, groups, measure(problem, groups, proven=limits))


def _proven(best: _Candidate, candidates: list[_Candidate]) -> dict[Level, int]:
    """Return the limit of each level that holds whichever groups are dissolved.

    It is the weakest limit of the candidates whose limits of the levels before admit the best values.
    """
    proven: dict[Level, int] = {}
    running = candidates
    for level in best.frame.levels:
        weakest = max if level is Level.WORST_GROUP else min
        proven[level] = weakest(candidate.limits[level] for candidate in running)
        sign = -1 if level is Level.WORST_GROUP else 1
        running = [candidate for candidate in running if sign * candidate.limits[level] <= sign * best.values[level]]
    return proven


def _best(frame: Frame, bounds: Mapping[Level, int], start: Ints, seed: int, until: float) -> _Candidate:
    """Return the best placement for the group numbers of a frame, found from `start` (U,) before `until`."""

    def rank_of(placement: Ints) -> tuple[int, ...]:
        return rank(frame, values_of(frame, placement))

    steps = _STEPS if Level.MOVES not in bounds else _REPAIR_STEPS
    where = min(start, search(frame, bounds, start, seed=seed, steps=steps), key=rank_of)
    values = values_of(frame, where)
    for attempt in range(_MEETINGS if Level.MET_AGAIN in values else 0):
        if values[Level.MET_AGAIN] == bounds[Level.MET_AGAIN] or values.get(Level.MOVES) != bounds.get(Level.MOVES):
            break
        other = search(frame, bounds, where, seed=seed + attempt, steps=2 * _STEPS, weights=MEETING)
        where = min(where, other, key=rank_of)
        values = values_of(frame, where)
    if values == bounds:
        return _Candidate(frame, where, values, bounds)
    # With past rounds the last levels may take for ever. A limit in nodes, unlike one in seconds, gives the same groups
    # for the same seed.
    nodes = _NODES if Level.MET_AGAIN in values else None
    left = until - time.monotonic()
    answer = solve(frame, bounds, None, start=None, seconds=_SHARE * left, seed=seed, nodes=nodes)
    if answer.placement is not None:
        where = answer.placement
    held: dict[Level, int] = {}
    limits: dict[Level, int] = {}
    for level in frame.levels:
        values = values_of(frame, where)
        limits[level] = bounds[level]
        if level is Level.SIZES and any(held[counted] != bounds[counted] for counted in COUNTED):
            limits[level] = 0
        left = until - time.monotonic()
        if values[level] != limits[level] and left > 0:
            answer = solve(frame, held, level, start=where, seconds=left, seed=seed, nodes=nodes)
            if answer.limit is not None:
                tighter = min if level is Level.WORST_GROUP else max
                limits[level] = tighter(limits[level], answer.limit)
            if answer.placement is not None:
                where = min(where, answer.placement, key=rank_of)
                values = values_of(frame, where)
        held[level] = values[level]
    return _Candidate(frame, where, values_of(frame, where), limits)
