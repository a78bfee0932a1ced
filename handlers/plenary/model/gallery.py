"""A gallery of tables: how long it takes, and who visits which table in each round."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from handlers.plenary.model.turns import Lengths

GALLERY = Lengths(600, 0, 60)
"""The suggested lengths of a gallery: of a round, of questions (none), and of the walk before a round."""
GALLERY_ROUNDS = 4
"""How many rounds are suggested: everybody visits in two of them, and receives visitors in the two others."""
ROUNDS = (2, 8)
"""The smallest and the largest number of rounds."""
_CONSIDERED = 16
"""Among how many tables, drawn, one is chosen for a visitor; and with how many others they may change places then."""
_OWN, _AGAIN = 10_000, 100
"""The costs of being sent to the own table, or to a table seen before; a theme seen before costs 1."""


def gallery_length(rounds: int, lengths: Lengths) -> timedelta:
    """Return how long a gallery with `rounds` rounds takes."""
    return rounds * lengths.turn


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a gallery: the id and theme of the group that presents there, and the ids of its members."""

    group_id: int
    theme: str
    members: Sequence[int]


Visits = Mapping[int, int]
"""The visits of one round: the table (a group's id) by the visitor's id. Other people receive at their own table."""


def plan_visits(tables: Sequence[Table], rounds: int, seed: int) -> list[Visits]:
    """Return who visits which table, for each round of a gallery. The same seed leads to the same plan.

    In the first round one half of each group stays at its table to receive visitors, in the second round the other
    half, and so on. Visitors are spread evenly over the tables at which somebody receives. As far as possible, they see
    themes that are new to them, and no table twice.
    """
    draw = random.Random(seed)  # noqa: S311 - a draw that can be redone, no secret
    tables = sorted(tables, key=lambda table: table.group_id)
    halves = [_halves(table.members, place, draw) for place, table in enumerate(tables)]
    themes = {table.group_id: table.theme for table in tables}
    own = {person: table.group_id for table in tables for person in table.members}
    seen: dict[int, set[int]] = {person: set() for person in own}
    known = {person: Counter([themes[table]]) for person, table in own.items()}
    plan: list[Visits] = []
    for number in range(rounds):
        receiving = number % 2
        open_tables = [table.group_id for table, pair in zip(tables, halves, strict=True) if pair[receiving]]
        visitors = [person for pair in halves for person in pair[1 - receiving]]

        def cost(person: int, table: int) -> int:
            if table == own[person]:
                return _OWN
            return known[person][themes[table]] + (_AGAIN if table in seen[person] else 0)

        visits = _spread(visitors, open_tables, cost, draw)
        for person, table in visits.items():
            seen[person].add(table)
            known[person][themes[table]] += 1
        plan.append(visits)
    return plan


def _halves(members: Sequence[int], place: int, draw: random.Random) -> tuple[list[int], list[int]]:
    """Divide the members of a group; of three, two receive first at every other table, so that visitors are half."""
    drawn = _shuffled_by(members, draw)
    middle = (len(drawn) + place % 2) // 2 if len(drawn) > 1 else len(drawn)
    return drawn[:middle], drawn[middle:]


def _shuffled_by(people: Iterable[int], draw: random.Random) -> list[int]:
    drawn = sorted(people)
    draw.shuffle(drawn)
    return drawn


def _spread(
    visitors: Iterable[int], tables: Sequence[int], cost: Callable[[int, int], int], draw: random.Random
) -> Visits:
    """Return a table for each visitor, as many at each as can be, at low `cost` (visitor, table); none at their own."""
    drawn = _shuffled_by(visitors, draw)
    if not tables or not drawn:
        return {}
    most = math.ceil(len(drawn) / len(tables))
    visits: dict[int, int] = {}
    filled, free = Counter[int](), list(tables)
    for person in drawn:
        near = draw.sample(free, min(len(free), _CONSIDERED))
        table = min(near, key=lambda table: (cost(person, table), filled[table]))
        visits[person] = table
        filled[table] += 1
        if filled[table] == most:
            free.remove(table)
    changed = True
    while changed:  # each change costs less than before
        changed = False
        for person in drawn:
            for other in draw.sample(drawn, min(len(drawn), _CONSIDERED)) if cost(person, visits[person]) else ():
                here, there = visits[person], visits[other]
                if cost(person, there) + cost(other, here) < cost(person, here) + cost(other, there):
                    visits[person], visits[other] = there, here
                    changed = True
    return {person: table for person, table in sorted(visits.items()) if cost(person, table) < _OWN}
