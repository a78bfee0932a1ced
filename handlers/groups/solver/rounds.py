"""Plans several rounds, the sets of groups of several days, so that few people are in one group twice."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from handlers.groups.solver.floors import floors
from handlers.groups.solver.forming import form
from handlers.groups.solver.frame import Frame, Ints
from handlers.groups.solver.levels import measure
from handlers.groups.solver.model import GroupPlan, GroupProblem, Level
from handlers.groups.solver.swapping import Tables, values_of

_FIRSTS = 16  # how many first rounds are tried, to find one after which a second reaches every floor
_MISSES = 8  # how many first rounds may miss a floor before the trials end
_SHORT = 400  # steps of the search for one of these rounds
_STEPS = 1500  # steps of the search for seats in a design


def plan_rounds(problem: GroupProblem, rounds: int) -> tuple[GroupPlan, ...]:
    """Return the groups of `rounds` rounds (days), in which few people are in one group twice.

    The first round is as good as if it were the only one; each later round takes the rounds before it into account. The
    problem's time limit is for all rounds together. Raises CannotSplit if no sizes fit, Contradiction if rules exclude
    each other, and TooLong if no groups are found in time.
    """
    until = time.monotonic() + problem.time_limit
    plans = _designed(problem, rounds) or _paired(problem, rounds)
    for index in range(len(plans), rounds):
        left = max(until - time.monotonic(), 0.1)
        plans.append(form(replace(_after(problem, plans), time_limit=left / (rounds - index))))
    return tuple(plans)


def _after(problem: GroupProblem, plans: list[GroupPlan]) -> GroupProblem:
    """Return the problem of the next round, which has the planned rounds in its history and is no repair."""
    if not plans:
        return problem
    met = tuple({ref: str(number) for ref, number in plan.number_of.items()} for plan in plans)
    return replace(problem, previous=None, history=problem.history + met)


def _paired(problem: GroupProblem, rounds: int) -> list[GroupPlan]:
    """Return two rounds in which every level reaches its floor, or [] if no first round tried allows such a second."""
    from handlers.groups.solver.optimising import form_at_floors

    misses = 0
    for attempt in range(_FIRSTS if rounds > 1 else 0):
        first = form_at_floors(replace(problem, seed=problem.seed + attempt * 7919), steps=_SHORT)
        misses += first is None
        if misses > _MISSES:
            break
        second = form_at_floors(_after(problem, [first]), steps=_SHORT) if first else None
        if first and second:
            return [first, second]
    return []


def _designed(problem: GroupProblem, rounds: int) -> list[GroupPlan]:
    """Return the rounds of the design for four rounds and more, or [] if it does not fit the problem.

    Rounds planned one after the other would not find them.
    """
    from handlers.groups.solver.frame import frame_of
    from handlers.groups.solver.repairing import count_for, numberings

    frame = frame_of(problem, numberings(problem, count_for(problem))[0])
    if rounds < ROUNDS or not fits(frame):
        return []
    where = place_in_design(frame, seed=problem.seed, steps=_STEPS)
    plans: list[GroupPlan] = []
    for placement in where if where is not None else ():
        groups = frame.groups(placement)
        plans.append(GroupPlan(problem.theme, groups, measure(_after(problem, plans), groups)))
    return plans


# --- The design: four rounds of six groups in which nobody meets twice, and the assignment of people to its seats.


ROUNDS, GROUPS = 4, 6

SEATS = {
    33: "0152 0224 0300 0411 0535 1034 1125 1250 1341 1402 1513 2053 2101 2245 2314 2430 2522"
    " 3020 3144 3203 3332 3551 4005 4133 4212 4454 4540 5042 5110 5231 5355 5423 5504",
    34: "0040 0151 0224 0335 0402 0513 1015 1104 1250 1341 1423 1532 2053 2142 2205 2314 2430 2521"
    " 3034 3125 3243 3352 3411 3500 4001 4133 4212 4320 4454 5022 5110 5231 5303 5545",
}

"""A design of groups for some numbers of people: for each person's seat, the group in each of four rounds, as digits.

Any two words of digits agree in at most one place, so that no two people are in one group twice.
"""

_WEIGHTS = np.array((100, 40, 3, 1))  # of the cost of each round: earlier rounds matter more


def fits(frame: Frame) -> bool:
    """Return whether one of the ready designs in SEATS can place a problem's people over several rounds.

    In a design, no two people are in one group twice. A design is for six groups, for one number of people, and for
    problems without rules, past rounds or former groups.
    """
    return (
        frame.count == GROUPS
        and frame.people in SEATS
        and len(frame.units) == frame.people
        and bool(frame.allowed.all())
        and not frame.apart.any()
        and not {Level.MET_AGAIN, Level.MOVES} & set(frame.levels)
        and bool((frame.smallest <= 5).all() and (frame.largest >= GROUPS).all())
    )


def place_in_design(frame: Frame, *, seed: int, steps: int) -> Ints | None:
    """Return a placement for each round (day), as an array (rounds, U), such that no two people are in one group twice.

    The first two rounds are ideal in every count that the solver minimises; the result is None if `steps` swaps of two
    people's seats do not achieve that. The later rounds are as good as these swaps made them.
    """
    random = np.random.default_rng(seed)
    limits = floors(frame)
    tables = Tables(frame, limits)
    words = np.array([[int(digit) for digit in word] for word in SEATS[frame.people].split()], dtype=np.int64)
    where: Ints = random.permutation(words).T
    first, second = np.triu_indices(frame.people, 1)
    change = frame.content[second] - frame.content[first]
    rounds = np.arange(ROUNDS)[:, None]
    inside = np.zeros((ROUNDS, GROUPS, frame.content.shape[1]), dtype=np.int64)
    for number in range(ROUNDS):
        np.add.at(inside[number], where[number], frame.content)
    size = np.stack([np.bincount(placement, minlength=GROUPS) for placement in where])
    cost = tables.of(inside, size)
    total = int(cost.sum(axis=1) @ _WEIGHTS)
    best, best_total = where.copy(), total
    tabu = np.zeros(frame.people, dtype=np.int64)
    for step in range(steps):
        if best_total <= tables.floor * _WEIGHTS.sum():
            break
        here, there = where[:, first], where[:, second]
        after = tables.of(inside[rounds, here] + change, size[rounds, here])
        after += tables.of(inside[rounds, there] - change, size[rounds, there])
        gain = np.where(here == there, 0, after - cost[rounds, here] - cost[rounds, there]).T @ _WEIGHTS
        fresh = ((tabu[first] <= step) & (tabu[second] <= step)) | (total + gain < best_total)
        gain = np.where(fresh, gain, np.iinfo(np.int64).max)
        pick = int(random.choice(np.flatnonzero(gain == gain.min())))
        one, two = int(first[pick]), int(second[pick])
        for number, (source, goal) in enumerate(zip(where[:, one].tolist(), where[:, two].tolist(), strict=True)):
            inside[number, source] += change[pick]
            inside[number, goal] -= change[pick]
        where[:, [one, two]] = where[:, [two, one]]
        tabu[[one, two]] = step + 1 + random.integers(4, 12, 2)
        cost = tables.of(inside, size)
        total += int(gain[pick])
        if total < best_total:
            best, best_total = where.copy(), total
    return best if all(values_of(frame, best[number]) == limits for number in (0, 1)) else None
