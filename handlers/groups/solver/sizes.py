"""The numbers of groups into which people can be split."""

from __future__ import annotations

from handlers.groups.solver.model import CannotSplit, Limits


def feasible_counts(people: int, limits: Limits) -> range:
    """Return the numbers of groups into which people can be split with every size within `limits`.

    The range is empty if there are none.
    """
    if people < 1 or limits.largest < 1:
        return range(0)
    fewest = -(-people // limits.largest)
    return range(fewest, max(fewest, people // max(limits.smallest, 1) + 1))


def choose_count(people: int, limits: Limits, wanted: int | None = None, *, theme: str = "") -> int:
    """Return the number of groups: `wanted` or, if that is None, the possible number nearest to people / target.

    If two numbers are equally near, the larger is returned. Raises CannotSplit, with `theme`, if `wanted` is impossible
    or no number is possible.
    """
    counts = feasible_counts(people, limits)
    if not counts:
        raise CannotSplit(theme, people, limits)
    if wanted is None:
        return min(counts, key=lambda count: (abs(count * limits.target - people), -count))
    if wanted not in counts:
        raise CannotSplit(theme, people, limits, wanted)
    return wanted
