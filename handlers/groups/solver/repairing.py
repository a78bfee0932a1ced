"""Chooses the group numbers after a repair: the former numbers, without some groups or with new ones."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, islice
from itertools import count as counting

from handlers.groups.solver.model import GroupProblem, Lock, Pin
from handlers.groups.solver.sizes import choose_count, feasible_counts

_CHOICES = 400  # how many ways to dissolve groups are tried, those that move the fewest people first


def numberings(problem: GroupProblem, count: int) -> list[tuple[int, ...]]:
    """Return the sets of numbers that `count` groups may have; sets that force fewer people to move come first.

    A problem without former groups has one set: the first `count` numbers that are free.
    """
    used = sorted(set(problem.previous.values())) if problem.previous is not None else []
    if count >= len(used):
        free = (number for number in counting(1) if number not in problem.taken and number not in used)
        return [tuple(sorted([*used, *islice(free, count - len(used))]))]
    here = {person.id for person in problem.people}
    previous = problem.previous or {}
    still = Counter(previous[ref] for ref in here if ref in previous)
    named = {rule.number for rule in problem.constraints if isinstance(rule, Lock)}
    named |= {rule.number for rule in problem.constraints if isinstance(rule, Pin) and rule.person in here}
    spare = [number for number in used if number not in named]
    if len(used) - len(spare) > count:
        spare = used
    drops = sorted(
        islice(combinations(spare, len(used) - count), 20_000), key=lambda drop: sum(still[number] for number in drop)
    )[:_CHOICES]
    return [tuple(number for number in used if number not in drop) for drop in drops]


def count_for(problem: GroupProblem) -> int:
    """Return the number of groups to form for a problem.

    If the problem asks for a number, it is returned. Otherwise the result is the possible number nearest to the former
    number of groups or, without former groups, to people / target. Raises CannotSplit if no such number is possible.
    """
    people, limits = len(problem.people), problem.limits
    wanted = problem.count
    if wanted is None and problem.previous:
        before = len(set(problem.previous.values()))
        counts = feasible_counts(people, limits)
        wanted = min(counts, key=lambda count: abs(count - before)) if counts else None
    return choose_count(people, limits, wanted, theme=problem.theme)
