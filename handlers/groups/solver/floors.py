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
    """The most even way to spread people of one kind, such as one nationality, over the groups.

    Each group holds `low` to `high` of these people. A unit (people who must be together) that alone has more than
    `high` is in a group without others of the kind. `pairs` is the number of pairs of these people who share a group.
    """

    low: int
    high: int
    pairs: int


def spread(parts: Ints, count: int) -> Spread:
    """Return the most even spread of people of one kind, such as one nationality, over `count` groups.

    `parts` (units,) holds how many such people each unit (people who must be together) has, at least one. The spread is
    exact if at most `count` units have several such people, because each of these units then has its own group.
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
    """Return, for each kind of people that a level counts, the most even spread over the groups.

    A level is a count that the solver minimises; a kind is for instance one nationality.
    """
    columns = frame.columns[Level.REPEATS if level is Level.COMPATRIOTS else level]
    block = frame.content[:, columns]
    return [spread(part[part > 0], frame.count) for part in block.T]


def shares(frame: Frame, level: Level, size: int) -> tuple[Ints, Ints]:
    """Return the smallest and the largest number of people of each kind that a group of `size` people should hold.

    A kind is for instance one gender. Both arrays have one entry for each kind (column) that the level counts.
    """
    share = size * frame.totals(level)
    return share // frame.people, -(-share // frame.people)


def forced_excess(frame: Frame, level: Level) -> Ints:
    """Return how many people of each kind a unit has above the largest share that any group should hold.

    A unit is a set of people who must be in the same group; a kind (column) is for instance one gender. The array has
    the shape (U, columns), for U units.
    """
    _, most = shares(frame, level, int(frame.largest.max()))
    excess: Ints = np.maximum(frame.content[:, frame.columns[level]] - most, 0)
    return excess


def floors(frame: Frame) -> dict[Level, int]:
    """Return the floor of each level that applies: the best value that simple counts allow, computed without a search.

    A level is a count that the solver minimises, and its floor is a lower limit. WORST_GROUP is maximised, so its floor
    is an upper limit. The floor of SIZES is valid only while gender, age and platform are at their floors.
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
    """Return by how many people some group must differ from an even size so that every unit fits into a group.

    A unit is a set of people who must be in the same group; a share is how many people of one kind, such as one gender,
    a group should hold at most. A unit fits a group of a size if it exceeds the shares there by no more than in the
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

    A repair forms groups again without the absent people, with few moves. People must leave a group that is too large
    or dissolved, and must fill up a group that is too small.
    """
    present = (frame.had[:, None] - frame.moved).sum(axis=0)
    dissolved = int(frame.had.sum() - present.sum())
    newcomers = frame.people - int(frame.had.sum())
    over = int(np.maximum(present - frame.largest, 0).sum())
    under = int(np.maximum(frame.smallest - present, 0).sum())
    return dissolved + max(over, under - newcomers - dissolved)
