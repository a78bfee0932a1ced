"""People for whom some pairs and pins were asked."""

from __future__ import annotations

import random

from handlers.groups.solver.model import Apart, Constraint, GroupProblem, Limits, Pin, Placeable, Together
from handlers.groups.solver.sizes import choose_count


def ruled(people: tuple[Placeable, ...], *, together: int, apart: int, pins: int, seed: int = 0) -> GroupProblem:
    """A problem with so many rules, none of which names a person another names."""
    dice = random.Random(seed)
    ids = [person.id for person in people]
    dice.shuffle(ids)
    count = choose_count(len(people), Limits())
    rules: tuple[Constraint, ...] = (
        *(Together(ids.pop(), ids.pop()) for _ in range(together)),
        *(Apart(ids.pop(), ids.pop()) for _ in range(apart)),
        *(Pin(ids.pop(), dice.randint(1, count)) for _ in range(pins)),
    )
    return GroupProblem("Culture", people, constraints=rules, seed=seed)
