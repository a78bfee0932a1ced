"""Computes the floor of each level: a limit that follows from counts alone, without a search.

A level is a count that the solver minimises; a unit is a set of people who must be in the same group. A column is one
nationality, gender, age band, platform or past group. A level's floor is a sum over its columns, so at the floor the
people of every column are spread as evenly as they can be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from handlers.groups.solver.frame import COUNTED, Frame, Ints
from handlers.groups.solver.model import Level


@dataclass(frozen=True, slots=True)
class Spread:
    """The most even way to spread the people of one column, such as one nationality, over the groups.

    Each group holds `low` to `high` people of the column; a unit (people who must be together) with more than `high` of
    them has a group without others of the column. `pairs` is the number of pairs of such people who share a group.
    """

    low: int
    high: int
    pairs: int


def spread(parts: Ints, count: int) -> Spread:
    """Return the most even spread over `count` groups of the people of a column, such as one nationality.

    `parts` (units,) holds how many such people each unit (people who must be together) has, at least one. The spread is
    exact if at most `count` units hold several people, since each of these then has its own group.
    """
    large = sorted((part for part in parts.tolist() if part > 1), reverse=True)
    people, groups, pairs = int(parts.sum()), count, 0
    if len(large) > count:
        large = []
    for part in large:
        if groups > 1 and part * groups > people:
            people -= part
            groups -= 1
            pairs += part * (part - 1) // 2
    low, rest = divmod(people, groups)
    pairs += rest * (low + 1) * low // 2 + (groups - rest) * low * (low - 1) // 2
    return Spread(low, low + (rest > 0), pairs)


def spreads(frame: Frame, level: Level) -> list[Spread]:
    """Return the most even spread over the groups of each column of a level, for instance of each nationality.

    A level is a count that the solver minimises.
    """
    columns = frame.columns[Level.REPEATS if level is Level.COMPATRIOTS else level]
    block = frame.content[:, columns]
    return [spread(part[part > 0], frame.count) for part in block.T]


def shares(frame: Frame, level: Level, size: int) -> tuple[Ints, Ints]:
    """Return how many people of each column, such as each gender, a group of `size` should hold at least and at most.

    Both arrays have the shape (columns,).
    """
    share = size * frame.totals(level)
    return share // frame.people, -(-share // frame.people)


def forced_excess(frame: Frame, level: Level) -> Ints:
    """Return by how many people each unit has too many for its group, even for the largest group.

    A unit is a set of people who must be in the same group. Too many are those beyond the group's share: the most
    people that a group should hold of one kind (a column), such as one gender. The array has the shape (U, columns).
    """
    _, most = shares(frame, level, int(frame.largest.max()))
    excess: Ints = np.maximum(frame.content[:, frame.columns[level]] - most, 0)
    return excess


def floors(frame: Frame) -> dict[Level, int]:
    """Return the floor of each level that applies: a limit that follows from counts alone, without a search.

    A level is a count that the solver minimises. Its floor is a lower limit; for WORST_GROUP, which is maximised, it is
    an upper limit. The floor of SIZES is valid only while gender, age and platform are at their floors.
    """
    k = frame.count
    units = (frame.content[:, frame.columns[Level.REPEATS]] > 0).sum(axis=0)
    distinct = int(np.minimum(units, k).sum())
    limits: dict[Level, int] = {}
    for level in frame.levels:
        if level is Level.MOVES:
            limits[level] = max(
                forced_moves(frame), int(np.where(frame.allowed, frame.moved, frame.people).min(1).sum())
            )
        elif level in (Level.MET_AGAIN, Level.COMPATRIOTS):
            limits[level] = sum(even.pairs for even in spreads(frame, level))
        elif level in COUNTED:
            limits[level] = int(forced_excess(frame, level).sum())
        else:
            limits[level] = {
                Level.REPEATS: frame.people - distinct,
                Level.WORST_GROUP: distinct // k,
                Level.SIZES: forced_sizes(frame),
            }[level]
    return limits


def forced_sizes(frame: Frame) -> int:
    """Return by how many people some group must be larger or smaller than even groups, so that each unit fits.

    A unit is a set of people who must be in the same group; a share is how many people of one kind, such as one gender,
    a group should hold at most. A unit fits a group of a size if it exceeds its shares there by no more than in the
    largest group.
    """
    even = frame.people // frame.count, -(-frame.people // frame.count)
    least = np.full(len(frame.units), frame.people)
    for size in range(int(frame.smallest.min()), int(frame.largest.max()) + 1):
        fits = np.ones(len(frame.units), dtype=bool)
        for level in COUNTED:
            lows, mosts = shares(frame, level, size)
            people = frame.content[:, frame.columns[level]]
            # The unit exceeds a share, or leaves too little room for the other columns' shares.
            far = np.maximum(people - mosts, 0).sum(axis=1)
            far += np.maximum(np.maximum(people, lows).sum(axis=1) - size, 0)
            fits &= far <= forced_excess(frame, level).sum(axis=1)
        least = np.where(fits, np.minimum(least, max(even[0] - size, size - even[1], 0)), least)
    return int(least.max(initial=0))


def forced_moves(frame: Frame) -> int:
    """Return the number of people whom the sizes of groups alone force to change group in a repair.

    A repair is forming groups again, with few moves, without absent people. They leave groups that are too large or
    dissolved, or fill groups that are too small.
    """
    present = (frame.had[:, None] - frame.moved).sum(axis=0)
    dissolved = int(frame.had.sum() - present.sum())
    newcomers = frame.people - int(frame.had.sum())
    over = int(np.maximum(present - frame.largest, 0).sum())
    under = int(np.maximum(frame.smallest - present, 0).sum())
    return dissolved + max(over, under - newcomers - dissolved)
