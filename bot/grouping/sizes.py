"""How many groups some people make: the counts that sizes allow, and the one nearest the size aimed at."""

from __future__ import annotations

from bot.grouping.model import CannotSplit, Limits


def feasible_counts(people: int, limits: Limits) -> range:
    """The numbers of groups that so many people can be split into; empty where there are none."""
    return range(max(1, -(-people // limits.largest)), people // limits.smallest + 1)


def choose_count(people: int, limits: Limits, wanted: int | None = None, *, theme: str = "") -> int:
    """The number of groups: the one wanted, else the feasible one nearest people / target, of two the larger.

    Raises CannotSplit.
    """
    counts = feasible_counts(people, limits)
    if (wanted is not None and wanted not in counts) or not counts:
        raise CannotSplit(theme, people, limits, wanted)
    # In whole numbers: |k - n / target| is smallest where |k * target - n| is.
    return wanted or min(counts, key=lambda count: (abs(count * limits.target - people), -count))


def even_sizes(people: int, count: int) -> tuple[int, ...]:
    """Sizes that differ by one at most, the larger ones first."""
    size, larger = divmod(people, count)
    return (size + 1,) * larger + (size,) * (count - larger)
