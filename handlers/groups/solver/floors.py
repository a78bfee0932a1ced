"""Limits that need no search: what nationalities and sizes force, and what people who go together force besides.

Each level's floor is a sum over its columns, so at the floor every column lies as evenly as it can: `spread` says how.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from handlers.groups.solver.frame import COUNTED, Frame, Ints
from handlers.groups.solver.model import Level


@dataclass(frozen=True, slots=True)
class Spread:
    """How a column lies at its floor: `low` to `high` people a group, where a unit of more is, that one alone."""

    low: int
    high: int
    pairs: int


def spread(parts: Ints, count: int) -> Spread:
    """The most even way to lay units of `parts` people (each at least one) over `count` groups.

    Exact where no more than `count` have several people, as they then each have a group of their own.
    """
    large = sorted((each for each in parts.tolist() if each > 1), reverse=True)
    people, groups, pairs = int(parts.sum()), count, 0
    if len(large) > count:
        large = []
    for each in large:
        if groups > 1 and each * groups > people:
            people -= each
            groups -= 1
            pairs += each * (each - 1) // 2
    low, more = divmod(people, groups)
    pairs += more * (low + 1) * low // 2 + (groups - more) * low * (low - 1) // 2
    return Spread(low, low + (more > 0), pairs)


def spreads(frame: Frame, level: Level) -> list[Spread]:
    """One a column of a level."""
    columns = frame.columns[Level.REPEATS if level is Level.COMPATRIOTS else level]
    block = frame.content[:, columns]
    return [spread(part[part > 0], frame.count) for part in block.T]


def shares(frame: Frame, level: Level, size: int) -> tuple[Ints, Ints]:
    """(columns,) fewest and most people of each column that a group of `size` should have."""
    share = size * frame.totals(level)
    return share // frame.people, -(-share // frame.people)


def forced_excess(frame: Frame, level: Level) -> Ints:
    """(U, columns) people by which a unit alone passes the share of any group."""
    _, most = shares(frame, level, int(frame.largest.max()))
    excess: Ints = np.maximum(frame.content[:, frame.columns[level]] - most, 0)
    return excess


def floors(frame: Frame) -> dict[Level, int]:
    """The limit of each level that applies; an upper one for the worst group.

    That of sizes holds where gender, age and platform are at theirs.
    """
    k = frame.count
    units = (frame.content[:, frame.columns[Level.REPEATS]] > 0).sum(axis=0)
    distinct = int(np.minimum(units, k).sum())
    found: dict[Level, int] = {}
    for level in frame.levels:
        if level is Level.MOVES:
            found[level] = max(
                forced_moves(frame), int(np.where(frame.allowed, frame.moved, frame.people).min(1).sum())
            )
        elif level in (Level.MET_AGAIN, Level.COMPATRIOTS):
            found[level] = sum(each.pairs for each in spreads(frame, level))
        elif level in COUNTED:
            found[level] = int(forced_excess(frame, level).sum())
        else:
            found[level] = {
                Level.REPEATS: frame.people - distinct,
                Level.WORST_GROUP: distinct // k,
                Level.SIZES: forced_sizes(frame),
            }[level]
    return found


def forced_sizes(frame: Frame) -> int:
    """How far some group is from the even size, so that a unit alone passes no share there that it need not pass."""
    even = frame.people // frame.count, -(-frame.people // frame.count)
    least = np.full(len(frame.units), frame.people)
    for size in range(int(frame.smallest.min()), int(frame.largest.max()) + 1):
        fine = np.ones(len(frame.units), dtype=bool)
        for level in COUNTED:
            low, most = shares(frame, level, size)
            unit = frame.content[:, frame.columns[level]]
            # Beyond a share, or so many that not all others can have theirs.
            far = np.maximum(unit - most, 0).sum(axis=1)
            far += np.maximum(np.maximum(unit, low).sum(axis=1) - size, 0)
            fine &= far <= forced_excess(frame, level).sum(axis=1)
        least = np.where(fine, np.minimum(least, max(even[0] - size, size - even[1], 0)), least)
    return int(least.max(initial=0))


def forced_moves(frame: Frame) -> int:
    """Moves that sizes alone force: from groups too large, into groups too small, out of groups dissolved."""
    there = (frame.had[:, None] - frame.moved).sum(axis=0)
    dissolved = int(frame.had.sum() - there.sum())
    newcomers = frame.people - int(frame.had.sum())
    over = int(np.maximum(there - frame.largest, 0).sum())
    under = int(np.maximum(frame.smallest - there, 0).sum())
    return dissolved + max(over, under - newcomers - dissolved)
