"""Finds good groups under rules fast, by swaps that obey them (a tabu search).

The cost of a group is read from tables by its size and by how many people of each column it holds; all swaps of one
group with all others are priced at once. Levels have weights here. They differ little, since steep weights would block
the way to the optimum, and they do not matter where every level reaches its floor. Only there is the result proven.
Shapes: U units, k groups, V columns.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from handlers.groups.solver.frame import COUNTED, Frame, Ints
from handlers.groups.solver.model import Level

WEIGHTS: Mapping[Level, int] = {
    Level.MOVES: 25,
    Level.MET_AGAIN: 12,
    Level.REPEATS: 8,
    Level.COMPATRIOTS: 5,
    Level.WORST_GROUP: 6,
    Level.GENDER: 4,
    Level.AGE: 3,
    Level.PLATFORM: 3,
    Level.SIZES: 2,
}
"""The cost of one unit of each level's count; the search lowers the sum of these costs."""


MEETING = dict.fromkeys(Level, 0) | {Level.MET_AGAIN: 12}
"""Weights of levels with which the search only avoids that people are in one group twice."""


def values_of(frame: Frame, where: Ints) -> dict[Level, int]:
    """Return the value of each level (a count that the solver minimises) that applies, for the placement `where`.

    A placement (U,) is the group of each unit, that is, of people who must be together.
    """
    k, people = frame.count, frame.people
    inside = np.zeros((k, frame.content.shape[1]), dtype=np.int64)
    np.add.at(inside, where, frame.content)
    size = np.bincount(where, frame.weight, minlength=k).astype(np.int64)
    values: dict[Level, int] = {}
    for level in frame.levels:
        if level is Level.MOVES:
            values[level] = int(frame.moved[np.arange(len(where)), where].sum())
        elif level is Level.SIZES:
            values[level] = int(_outside(size, people // k, -(-people // k)).sum())
        elif level in COUNTED:
            here, total = inside[:, frame.columns[level]], frame.totals(level)
            shares = size[:, None] * total
            values[level] = int(_outside(here, shares // people, -(-shares // people)).sum())
        elif level is Level.MET_AGAIN:
            here = inside[:, frame.columns[level]]
            values[level] = int((here * (here - 1) // 2).sum())
        else:
            here = inside[:, frame.columns[Level.REPEATS]]
            values[level] = {
                Level.REPEATS: lambda here=here: int(np.maximum(here - 1, 0).sum()),
                Level.COMPATRIOTS: lambda here=here: int((here * (here - 1) // 2).sum()),
                Level.WORST_GROUP: lambda here=here: int((here > 0).sum(axis=1).min()),
            }[level]()
    return values


def rank(frame: Frame, values: Mapping[Level, int]) -> tuple[int, ...]:
    """Return the values in the order of their levels, as a key to compare groups: the smaller key is better.

    A level is a count that the solver minimises.
    """
    return tuple(-values[level] if level is Level.WORST_GROUP else values[level] for level in frame.levels)


def _outside(value: Ints, low: Ints | int, high: Ints | int) -> Ints:
    """Return the distance of each value from its range, 0 inside."""
    far: Ints = np.maximum(np.maximum(low - value, value - high), 0)
    return far


class Tables:
    """The costs of groups as tables, by size and by how many people of each kind (column) a group holds.

    `most` (M) is the largest size allowed. With U units, k groups and V columns:

    - `cost` (M + 1, V, M + 1) is by a group's size, the column, and the number of such people in the group.
    - `size_cost` (M + 1,) is by the group's size, `worst_cost` (M + 1,) by the number of nationalities in the group.
    - `move_cost` (U, k) is by the unit (people who must be together) and the group.
    - `floor` is the least possible cost of all groups.
    """

    def __init__(self, frame: Frame, bounds: Mapping[Level, int], weights: Mapping[Level, int] = WEIGHTS) -> None:
        k, people = frame.count, frame.people
        self.frame = frame
        self.most = int(frame.largest.max())
        sizes = np.arange(self.most + 1)
        columns = frame.content.shape[1]
        self.cost = np.zeros((self.most + 1, columns, self.most + 1), dtype=np.int64)
        counts = np.arange(self.most + 1)
        pairs, repeats = counts * (counts - 1) // 2, np.maximum(counts - 1, 0)
        countries = frame.columns[Level.REPEATS]
        self.cost[:, countries] += weights[Level.COMPATRIOTS] * pairs + weights[Level.REPEATS] * repeats
        self.cost[:, frame.columns[Level.MET_AGAIN]] += weights[Level.MET_AGAIN] * pairs
        for level in COUNTED:
            share = sizes[:, None] * frame.totals(level)
            low, high = share // people, -(-share // people)
            far = _outside(counts, low[:, :, None], high[:, :, None])
            self.cost[:, frame.columns[level]] += weights[level] * far
        self.countries = countries
        self.size_cost = weights[Level.SIZES] * _outside(sizes, people // k, -(-people // k))
        lacking = np.maximum(bounds[Level.WORST_GROUP] - counts, 0)
        self.worst_cost = weights[Level.WORST_GROUP] * lacking
        self.column = np.arange(columns)
        self.move_cost = weights[Level.MOVES] * frame.moved
        self.floor = sum(weights[level] * bound for level, bound in bounds.items() if level is not Level.WORST_GROUP)

    def of(self, inside: Ints, size: Ints) -> Ints:
        """Return the cost (…,) of groups with `size` (…,) people, of which `inside` (…, V) belong to each column."""
        cost = self.cost[size[..., None], self.column, inside].sum(axis=-1)
        distinct = (inside[..., self.countries] > 0).sum(axis=-1)
        total: Ints = cost + self.size_cost[size] + self.worst_cost[np.minimum(distinct, self.most)]
        return total


def search(
    frame: Frame,
    bounds: Mapping[Level, int],
    start: Ints,
    *,
    seed: int,
    steps: int,
    weights: Mapping[Level, int] = WEIGHTS,
) -> Ints:
    """Return a placement (U,) that costs less than `start` (U,); `start` itself if none is found.

    A placement is the group of each unit (people who must be together). If `start` obeys the rules, as it must, the
    result does too. Each of `steps` steps looks at all swaps of one group's units with others. `bounds` are the best
    possible values of levels (counts that the solver minimises): the search ends early when they are reached. `weights`
    say how much each level counts in the cost.
    """
    k, units = frame.count, len(frame.units)
    random = np.random.default_rng(seed)
    tables = Tables(frame, bounds, weights)
    # Each group has a placeholder unit of no weight: to swap with it is to move.
    content = np.concatenate([frame.content, np.zeros((k, frame.content.shape[1]), dtype=np.int64)])
    weight = np.concatenate([frame.weight, np.zeros(k, dtype=np.int64)])
    allowed = np.concatenate([frame.allowed, np.ones((k, k), dtype=bool)])
    moving = np.concatenate([tables.move_cost, np.zeros((k, k), dtype=np.int64)])
    apart = np.zeros((units + k, units + k), dtype=np.int64)
    apart[:units, :units] = frame.apart
    separated = bool(apart.any())
    where = np.concatenate([start, np.arange(k)])
    free = allowed.sum(axis=1) > 1
    inside = np.zeros((k, content.shape[1]), dtype=np.int64)
    np.add.at(inside, where, content)
    size = np.bincount(where, weight, minlength=k).astype(np.int64)
    near = np.zeros((units + k, k), dtype=np.int64)  # number of units in each group that a unit must be apart from
    np.add.at(near.T, where, apart)
    cost = tables.of(inside, size)
    total = int(cost.sum() + moving[np.arange(units + k), where].sum())
    best, best_total = where.copy(), total
    tabu = np.zeros(units + k, dtype=np.int64)
    for step in range(steps):
        if best_total <= tables.floor:
            break
        group = int(random.integers(k))
        ours = np.flatnonzero((where == group) & free)
        theirs = np.flatnonzero((where != group) & free)
        away = where[theirs]
        change = weight[theirs][None, :] - weight[ours][:, None]
        new_size = size[group] + change
        other_size = size[away][None, :] - change
        possible = allowed[ours][:, away] & allowed[theirs, group][None, :]
        possible &= (new_size <= frame.largest[group]) & (new_size >= frame.smallest[group])
        possible &= (other_size <= frame.largest[away]) & (other_size >= frame.smallest[away])
        possible &= (weight[ours][:, None] + weight[theirs][None, :]) > 0
        if separated:
            both = apart[np.ix_(ours, theirs)]
            possible &= (near[ours][:, away] - both == 0) & (near[theirs, group][None, :] - both == 0)
        left, right = np.nonzero(possible)
        if not len(left):
            continue
        mine, other = ours[left], theirs[right]
        target = where[other]
        delta = content[other] - content[mine]
        after = tables.of(inside[group] + delta, new_size[left, right])
        after += tables.of(inside[target] - delta, other_size[left, right])
        after += moving[mine, target] + moving[other, group] - moving[mine, group] - moving[other, target]
        gain = after - cost[group] - cost[target]
        fresh = (tabu[mine] <= step) & (tabu[other] <= step) | (total + gain < best_total)
        if not fresh.any():
            continue
        gain = np.where(fresh, gain, np.iinfo(np.int64).max)
        least = gain.min()
        # A swap that costs is made now and then, the dearer the more rarely, to leave local optima.
        if least > 0 and random.random() > np.exp(-least / 4.0):
            continue
        pick = int(random.choice(np.flatnonzero(gain == least)))
        one, two, there = int(mine[pick]), int(other[pick]), int(target[pick])
        swap = content[two] - content[one]
        inside[group] += swap
        inside[there] -= swap
        size[group] += weight[two] - weight[one]
        size[there] += weight[one] - weight[two]
        for unit, source, goal in ((one, group, there), (two, there, group)):
            if unit < units:
                where[unit] = goal
                tabu[unit] = step + 1 + int(random.integers(3, 10))
                if separated:
                    near[:, source] -= apart[unit]
                    near[:, goal] += apart[unit]
        cost[[group, there]] = tables.of(inside[[group, there]], size[[group, there]])
        total += int(least)
        if total < best_total:
            best, best_total = where.copy(), total
    return best[:units]
