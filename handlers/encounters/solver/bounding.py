"""Computes a score that no plan of encounters can exceed, by a linear program over territories instead of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from handlers.groups.solver.linear import QuietHighs


def bound_of(territories: Sequence[int], *, gains: Sequence[int], needs: np.ndarray, seatings: int, threes: int) -> int:
    """Return a score that no plan for these people exceeds: a bound for territories plus a bound for needs.

    `territories` has each person's territory. `gains` has what it is worth to a person to meet a first, second … other
    territory; its last value counts for any more. `needs` has, for each two people, what a table with both is worth for
    what they look for, 0 if they may not sit together. `threes` is how many tables have three people, over all
    seatings.
    """
    best = np.sort(needs.max(axis=1, initial=0))  # what each person can have at one table
    most_needs = seatings * (int(best.sum()) // 2) + threes * int(best[-2:].sum())
    return _territories(Counter(territories), gains, seatings, threes) + most_needs


def _territories(people: Counter[int], gains: Sequence[int], seatings: int, threes: int) -> int:
    """Return the most that meeting territories can be worth.

    Variables: how often people of each two territories sit together, how often that is new to either side, and how many
    people of a territory meet at least k others. A person meets one other in a seating, or two at a table of three.
    """
    if len(people) < 2:
        return 0
    model = QuietHighs()
    names = sorted(people)
    meetings = {
        (one, other): model.addVariable(0, people[one] * people[other])
        for at, one in enumerate(names)
        for other in names[at + 1 :]
    }
    spare = [model.addVariable(0, 3 * threes) for _name in names]
    model.addConstr(sum(spare) <= 3 * threes)
    worth = 0
    for name, more in zip(names, spare, strict=True):
        of_name = [(pair, var) for pair, var in meetings.items() if name in pair]
        model.addConstr(sum(var for _pair, var in of_name) - more <= people[name] * seatings)
        new = []
        for _pair, var in of_name:
            new.append(model.addVariable(0, people[name]))
            model.addConstr(new[-1] - var <= 0)
        most = min(2 * seatings if threes else seatings, len(of_name))
        steps = [model.addVariable(0, people[name]) for _step in range(most)]
        model.addConstr(sum(steps) - sum(new) <= 0)
        worth = worth + sum(gains[min(k, len(gains) - 1)] * step for k, step in enumerate(steps))
    model.maximize(worth)
    return int(model.getInfo().objective_function_value + 1e-6)
