"""Which group numbers a repair may end with: those there were, one dissolved or one added where sizes ask for it."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, islice
from itertools import count as counting

from handlers.groups.solver.model import GroupProblem, Lock, Pin
from handlers.groups.solver.sizes import choose_count, feasible_counts

_CHOICES = 400  # ways to dissolve that are looked at, those that move fewest first


def numberings(problem: GroupProblem, count: int) -> list[tuple[int, ...]]:
    """The sets of group numbers a problem may have in `count` groups, those whose sizes force fewest moves first.

    Without `previous` there is one: 1 to `count`, past the numbers taken.
    """
    used = sorted(set(problem.previous.values())) if problem.previous is not None else []
    if count >= len(used):
        free = (number for number in counting(1) if number not in problem.taken and number not in used)
        return [tuple(sorted([*used, *islice(free, count - len(used))]))]
    here = {person.id for person in problem.people}
    previous = problem.previous or {}
    still = Counter(previous[each] for each in here if each in previous)
    named = {rule.number for rule in problem.constraints if isinstance(rule, Lock)}
    named |= {rule.number for rule in problem.constraints if isinstance(rule, Pin) and rule.person in here}
    spare = [number for number in used if number not in named]
    if len(used) - len(spare) > count:
        spare = used
    drops = sorted(
        islice(combinations(spare, len(used) - count), 20_000), key=lambda drop: sum(still[each] for each in drop)
    )[:_CHOICES]
    return [tuple(number for number in used if number not in drop) for drop in drops]


def count_for(problem: GroupProblem) -> int:
    """The number of groups: the one asked for; in a repair the feasible one nearest to as many as there were.

    Raises CannotSplit.
    """
    people, limits = len(problem.people), problem.limits
    wanted = problem.count
    if wanted is None and problem.previous:
        before = len(set(problem.previous.values()))
        counts = feasible_counts(people, limits)
        wanted = min(counts, key=lambda count: abs(count - before)) if counts else None
    return choose_count(people, limits, wanted, theme=problem.theme)
