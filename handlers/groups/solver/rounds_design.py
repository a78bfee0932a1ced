"""Four rounds in six groups in which nobody meets twice, and people given their places in them.

Round after round leads into a corner here: with six groups most thirds allow no fourth, as no two Latin squares of
order six are orthogonal. On all but two of the 36 cells they can be, and that suffices for 34 people.
"""

from __future__ import annotations

import numpy as np

from handlers.groups.solver.model import Level
from handlers.groups.solver.optimising_floors import floors
from handlers.groups.solver.optimising_frame import Frame, Ints
from handlers.groups.solver.optimising_search import Tables, values_of

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
