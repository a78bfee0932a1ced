"""Rounds: new groups each time, in which people meet again as little as can be, planned together."""

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

_FIRSTS = 16  # first rounds tried for a second at every limit
_MISSES = 8  # first rounds not at every limit, before it is taken that none is
_SHORT = 400  # steps of a search for either
_STEPS = 1500  # swaps of places in a design


def plan_rounds(problem: GroupProblem, rounds: int) -> tuple[GroupPlan, ...]:
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


def _after(problem: GroupProblem, plans: list[GroupPlan]) -> GroupProblem:
    """The next round's problem: those planned are its history, and nobody is moved from a group of theirs."""
    if not plans:
        return problem
    met = tuple({each: str(number) for each, number in plan.number_of.items()} for plan in plans)
    return replace(problem, previous=None, history=problem.history + met)


def _paired(problem: GroupProblem, rounds: int) -> list[GroupPlan]:
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


def _designed(problem: GroupProblem, rounds: int) -> list[GroupPlan]:
    """Plans by the design where round after round would lead into a corner; none where it does not serve."""
    from handlers.groups.solver.frame import frame_of
    from handlers.groups.solver.repairing import count_for, numberings

    frame = frame_of(problem, numberings(problem, count_for(problem))[0])
    if rounds < ROUNDS or not fits(frame):
        return []
    where = place(frame, seed=problem.seed, steps=_STEPS)
    plans: list[GroupPlan] = []
    for each in where if where is not None else ():
        groups = frame.groups(each)
        plans.append(GroupPlan(problem.theme, groups, measure(_after(problem, plans), groups)))
    return plans


# --- Four rounds in six groups in which nobody meets twice, and people given their places in them.


ROUNDS, GROUPS = 4, 6

# By number of people: a place a word, its group in each of the four rounds. Any two agree in one round at most.
PLACES = {
    33: "0152 0224 0300 0411 0535 1034 1125 1250 1341 1402 1513 2053 2101 2245 2314 2430 2522"
    " 3020 3144 3203 3332 3551 4005 4133 4212 4454 4540 5042 5110 5231 5355 5423 5504",
    34: "0040 0151 0224 0335 0402 0513 1015 1104 1250 1341 1423 1532 2053 2142 2205 2314 2430 2521"
    " 3034 3125 3243 3352 3411 3500 4001 4133 4212 4320 4454 5022 5110 5231 5303 5545",
}

_WEIGHTS = np.array((100, 40, 3, 1))  # of a round's cost: earlier ones first


def fits(frame: Frame) -> bool:
    """Whether the design serves: as many people as places, nothing asked for and no past."""
    return (
        frame.count == GROUPS
        and frame.people in PLACES
        and len(frame.units) == frame.people
        and bool(frame.allowed.all())
        and not frame.apart.any()
        and not {Level.MET_AGAIN, Level.MOVES} & set(frame.levels)
        and bool((frame.smallest <= 5).all() and (frame.largest >= GROUPS).all())
    )


def place(frame: Frame, *, seed: int, steps: int) -> Ints | None:
    """(rounds, U) groups such that nobody meets twice and the first two rounds are at every floor; None if not found.

    The later rounds are as good as came of `steps` swaps of two people's places.
    """
    random = np.random.default_rng(seed)
    limits = floors(frame)
    tables = Tables(frame, limits)
    words = np.array([[int(each) for each in word] for word in PLACES[frame.people].split()], dtype=np.int64)
    where: Ints = random.permutation(words).T
    first, second = np.triu_indices(frame.people, 1)
    change = frame.content[second] - frame.content[first]
    rounds = np.arange(ROUNDS)[:, None]
    inside = np.zeros((ROUNDS, GROUPS, frame.content.shape[1]), dtype=np.int64)
    for each in range(ROUNDS):
        np.add.at(inside[each], where[each], frame.content)
    size = np.stack([np.bincount(each, minlength=GROUPS) for each in where])
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
        for each, (source, goal) in enumerate(zip(where[:, one].tolist(), where[:, two].tolist(), strict=True)):
            inside[each, source] += change[pick]
            inside[each, goal] -= change[pick]
        where[:, [one, two]] = where[:, [two, one]]
        tabu[[one, two]] = step + 1 + random.integers(4, 12, 2)
        cost = tables.of(inside, size)
        total += int(gain[pick])
        if total < best_total:
            best, best_total = where.copy(), total
    return best if all(values_of(frame, best[each]) == limits for each in (0, 1)) else None
