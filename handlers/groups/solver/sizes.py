"""How many groups a number of people makes, and how large each is."""

from __future__ import annotations

from handlers.groups.solver.model import CannotSplit, Limits


def feasible_counts(people: int, limits: Limits) -> range:
    """The numbers of groups that people can be split into, every size within limits; empty where there are none."""
    if people < 1 or limits.largest < 1:
        return range(0)
    fewest = -(-people // limits.largest)
    return range(fewest, max(fewest, people // max(limits.smallest, 1) + 1))


def choose_count(people: int, limits: Limits, wanted: int | None = None, *, theme: str = "") -> int:
    """The number of groups: the wanted one, else the feasible one nearest people / target, of two the larger.

    Raises CannotSplit, naming `theme`, where there is none or the wanted one is not feasible.
    """
    counts = feasible_counts(people, limits)
    if not counts:
        raise CannotSplit(theme, people, limits)
    if wanted is None:
        return min(counts, key=lambda count: (abs(count * limits.target - people), -count))
    if wanted not in counts:
        raise CannotSplit(theme, people, limits, wanted)
    return wanted
