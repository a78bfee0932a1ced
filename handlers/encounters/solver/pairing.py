"""Decides who sits with whom: pairs for the seatings of a session of encounters, found by maximum weight matching.

    plan = make_plan(guests, seatings=4, rules=Rules())
    plan.seatings[0]        # the tables of the first seating
    plan.score, plan.bound  # equal if no better plan exists

Everybody sits in every seating. People never meet twice, do not meet their own group, and share a language; where these
rules cannot all be kept, the rules that `WEIGHED` names first give way first. Among the plans that keep them, the one
with the greatest `score` is wanted: people meet territories that they have not met yet, the worst served first, and
people who offer what they look for.

The seatings are planned one after the other, each as well as is possible after the earlier ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import rustworkx

from handlers.encounters.solver.bounding import bound_of
from handlers.encounters.solver.model import NO_RULES, WEIGHED, Guest, Rules, Table

_TERRITORIES = (40, 30, 8, 6, 4)
"""What it is worth to a person to meet a first, second … territory other than their own; the last counts for more."""
_NEED = 5
"""What it is worth that one of two people offers what the other looks for."""
_BROKEN = 100
"""What breaking the weakest rule once costs, for each person: more than all tables can be worth together."""
_CHANCE = 8
"""How many numbers chance draws from, to decide between plans of the same worth."""
_DENSE = 300
"""Up to this many people all pairs are compared; above, the best pairs of each person."""
_BEST, _ANY = 24, 8
"""How many pairs are compared for each person if there are many people: their best pairs, and other pairs.

The best pairs are shared out among the territories of the other person; the other pairs break no rule.
"""
_NEVER = 1 << 60
"""What nothing may cost: a table at which two people would sit who must be kept apart."""
_THIRDS = 8
"""How many people are tried as the third person of a table of three."""
_TRIES, _SWEEPS = 2, 6
"""How many plans are made, of which the best is taken, if there are few people; and how often each is improved.

Each time, every seating of the plan is planned again, with the other seatings as they are.
"""


@dataclass(frozen=True, slots=True)
class SeatingPlan:
    """The tables of each seating. A person with whom nobody may sit has no table.

    `score` is what the plan is worth, and no plan is worth more than `bound`: if the two are equal, the plan is proven
    to be the best.
    """

    seatings: tuple[tuple[Table, ...], ...]
    score: int
    bound: int = 0

    @property
    def broken(self) -> int:
        """Return how often tables break a rule."""
        return sum(len(table.broken) for tables in self.seatings for table in tables)


def make_plan(guests: Sequence[Guest], *, seatings: int, rules: Rules = NO_RULES, seed: int = 0) -> SeatingPlan:
    """Return who sits with whom in each of `seatings` seatings; another `seed` gives another plan about as good.

    Takes some 0.1 s for 100 people and 4 seatings, and up to 3 s for 1,000: call it in a worker process.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing here is secret
    room = SeatingState(guests, rules, chance)
    plans = [_planned(room, seatings)]
    if len(guests) <= _DENSE:
        plans += (_planned(SeatingState(guests, rules, chance), seatings) for _try in range(1, _TRIES))
    plan = max(plans, key=lambda plan: (-plan.broken, plan.score))
    threes = sum(len(table.people) > 2 for tables in plan.seatings for table in tables)
    bound = bound_of(
        room.territory.tolist(),
        gains=_TERRITORIES,
        needs=room.needs * room.allowed,
        seatings=seatings,
        threes=max(threes, seatings * (len(guests) % 2)),
    )
    return replace(plan, bound=bound)


def _planned(room: SeatingState, seatings: int) -> SeatingPlan:
    """Return a plan for guests of whom none has sat with another yet."""
    planned = [room.seat() for _seating in range(seatings)]
    reached = room.score()
    for _sweep in range(_SWEEPS if len(room.guests) <= _DENSE else 0):
        for at, tables in enumerate(planned):
            room.remember(tables, times=-1)
            planned[at] = room.seat()
        if (now := room.score()) == reached:
            break
        reached = now
    for tables in planned:
        room.remember(tables, times=-1)
    for at, tables in enumerate(planned):  # once more in their order: of two meetings, the later one is the second
        planned[at] = tuple(room.table_of([room.place[person] for person in table.people]) for table in tables)
        room.remember(planned[at])
    return SeatingPlan(tuple(planned), reached)


@dataclass
class SeatingState:
    """What is known of the guests while their seatings are planned, in arrays by position.

    `met[i, t]` counts how often a guest met a territory, `sat[i, j]` how often two guests sat together, and
    `in_three[i]` how often a guest sat at a table of three.
    """

    guests: Sequence[Guest]
    rules: Rules
    chance: random.Random = field(default_factory=random.Random)
    place: Mapping[int, int] = field(init=False)

    def __post_init__(self) -> None:
        guests, count = self.guests, len(self.guests)
        self.place = {guest.id: number for number, guest in enumerate(guests)}
        names = {name: number for number, name in enumerate(sorted({guest.territory for guest in guests}))}
        self.territory = np.array([names[guest.territory] for guest in guests], dtype=np.int64)
        self.met = np.zeros((count, len(names)), dtype=np.int64)
        self.sat = np.zeros((count, count), dtype=np.int64)
        self.in_three = np.zeros(count, dtype=np.int64)
        groups = np.array([-1 - number if guest.group is None else guest.group for number, guest in enumerate(guests)])
        self.same_group = np.equal.outer(groups, groups)
        spoken = _incidence([guest.languages for guest in guests])
        known = np.asarray(spoken.any(axis=1))  # who named no language is taken to understand everybody
        self.no_language = ~(spoken @ spoken.T > 0) & known[:, None] & known
        meets = _incidence([guest.seeks for guest in guests], [guest.offers for guest in guests])
        self.needs = (meets.astype(np.int64) + meets.T) * _NEED
        self.allowed = ~self._pairs(self.rules.apart)
        self.together = self._pairs(self.rules.together)

    def _pairs(self, pairs: Iterable[tuple[int, int]]) -> np.ndarray:
        found = np.zeros((len(self.guests), len(self.guests)), dtype=bool)
        for one, other in pairs:
            if one in self.place and other in self.place:
                found[self.place[one], self.place[other]] = found[self.place[other], self.place[one]] = True
        return found

    def weights(self) -> np.ndarray:
        """Return what a table of each two guests is worth now, minus the cost of the rules that it breaks."""
        return np.asarray(self._worth() - self._broken())

    def _worth(self) -> np.ndarray:
        gain = np.array(_TERRITORIES)[np.minimum((self.met > 0).sum(axis=1), len(_TERRITORIES) - 1)]
        of_territory = gain[:, None] * (self.met == 0)
        of_territory[np.arange(len(self.guests)), self.territory] = 0
        one_way = of_territory[:, self.territory]
        return np.asarray(one_way + one_way.T + self.needs)

    def _broken(self) -> np.ndarray:
        count = len(self.guests)
        # each costs more than all that is before it
        costs = ((self.no_language, 1), (self.same_group, count), (self.sat > 0, count**2))
        return np.asarray(sum(broken * (_BROKEN * count * more) for broken, more in costs))

    def seat(self) -> tuple[Table, ...]:
        """Plan one seating, remember it, and return its tables; a guest with whom nobody may sit has no table."""
        count = len(self.guests)
        weights = self.weights()
        weights[self.together & (self.sat == 0)] += _BROKEN * count**4  # more than all rules
        three = self._three(weights) if count % 2 else []
        others = np.setdiff1d(np.arange(count), three)
        allowed = self.allowed[np.ix_(others, others)]
        pairs = _match(weights[np.ix_(others, others)], allowed, self.territory[others], self.chance)
        tables = [[int(others[one]), int(others[other])] for one, other in pairs] + ([three] if three else [])
        for third in sorted(set(range(count)) - {number for table in tables for number in table}):
            hosts = [table for table in tables if len(table) == 2 and self.allowed[third, table].all()]
            if hosts:
                max(hosts, key=lambda table: weights[third, table].sum()).append(third)
        seated = tuple(self.table_of(table) for table in tables)
        self.remember(seated)
        return seated

    def _three(self, weights: np.ndarray) -> list[int]:
        """Return three people who may sit together, so that nobody sits at such a table twice; none if nobody may."""
        fresh = np.flatnonzero(self.in_three <= np.sort(self.in_three)[min(2, len(self.in_three) - 1)])
        may = self.allowed & ~np.eye(len(weights), dtype=bool)
        worth = np.where(may, weights, -_NEVER)[np.ix_(fresh, fresh)]
        found: list[tuple[int, list[int]]] = []
        for third in self.chance.sample(range(len(fresh)), min(_THIRDS, len(fresh))):
            of_three = worth + worth[third] + worth[third][:, None]
            one, other = np.unravel_index(of_three.argmax(), of_three.shape)
            found.append((int(of_three[one, other]), [int(fresh[each]) for each in (third, one, other)]))
        best, three = max(found, default=(-_NEVER, []))
        return three if best > -_NEVER // 2 else []

    def table_of(self, numbers: Sequence[int]) -> Table:
        """Return a table of the guests with these numbers, with the rules that it breaks."""
        held = {"language": self.no_language, "group": self.same_group, "twice": self.sat}
        broken = frozenset(
            rule for rule in WEIGHED if any(held[rule][one, other] for one, other in combinations(numbers, 2))
        )
        return Table(tuple(self.guests[number].id for number in numbers), broken)

    def remember(self, tables: Iterable[Table], times: int = 1) -> None:
        """Count that guests sit together at these tables; `times` is 1, or -1 to take the count back."""
        for table in tables:
            numbers = [self.place[person] for person in table.people if person in self.place]
            self.in_three[numbers] += times * (len(numbers) > 2)
            for one, other in combinations(numbers, 2):
                self.sat[one, other] = self.sat[other, one] = self.sat[one, other] + times
                if self.territory[one] != self.territory[other]:
                    self.met[one, self.territory[other]] += times
                    self.met[other, self.territory[one]] += times

    def score(self) -> int:
        """Return the score of all seatings that were remembered."""
        worth = np.cumsum((0, *_TERRITORIES, *[_TERRITORIES[-1]] * self.met.shape[1]))
        return int(worth[(self.met > 0).sum(axis=1)].sum() + (self.needs * self.sat).sum() // 2)


def _incidence(ours: Sequence[frozenset[str]], theirs: Sequence[frozenset[str]] | None = None) -> np.ndarray:
    """Return which person has which word or, with `theirs`, whose words meet which of the others' words."""
    words = {word: number for number, word in enumerate(sorted(frozenset().union(*ours, *(theirs or ()))))}
    rows = []
    for sets in (ours, theirs or ()):
        has = np.zeros((len(sets), max(len(words), 1)), dtype=np.int32)
        for number, named in enumerate(sets):
            has[number, [words[word] for word in named]] = 1
        rows.append(has)
    return rows[0] if theirs is None else np.asarray(rows[0] @ rows[1].T > 0)


def _match(
    weights: np.ndarray, allowed: np.ndarray, territory: np.ndarray, chance: random.Random
) -> list[tuple[int, int]]:
    """Return as many pairs as possible, of the greatest weight in sum."""
    count = len(weights)
    drawn = np.random.default_rng(chance.getrandbits(32)).random((count, count))
    drawn = np.triu(drawn, 1) + np.triu(drawn, 1).T
    scaled = weights * (_CHANCE * count) + (drawn * _CHANCE).astype(np.int64)
    for compared in (allowed,) if count <= _DENSE else (_best(weights, allowed, drawn, territory), allowed):
        graph = rustworkx.PyGraph(multigraph=False)
        graph.add_nodes_from(range(count))
        one, other = np.nonzero(np.triu(compared, 1))
        graph.add_edges_from(list(zip(one.tolist(), other.tolist(), scaled[one, other].tolist(), strict=True)))
        found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
        pairs = sorted((min(pair), max(pair)) for pair in found)
        if 2 * len(pairs) >= count - 1 and all(weights[pair] >= 0 for pair in pairs):
            break
    return pairs


def _best(weights: np.ndarray, allowed: np.ndarray, drawn: np.ndarray, territory: np.ndarray) -> np.ndarray:
    """Return which pairs are among the best of one of their two people, or among some others that break no rule."""
    allowed = allowed & ~np.eye(len(weights), dtype=bool)
    found = np.zeros_like(allowed)
    best = np.where(allowed, weights + drawn, -np.inf)
    most = _BEST // (territory.max() + 1) + 1
    for columns in (np.flatnonzero(territory == each) for each in range(territory.max() + 1)):
        chosen = np.argpartition(-best[:, columns], min(most, len(columns)) - 1, axis=1)[:, :most]
        np.put_along_axis(found, columns[chosen], values=True, axis=1)
    others = np.argpartition(-drawn * (allowed & (weights >= 0)), _ANY, axis=1)[:, :_ANY]
    np.put_along_axis(found, others, values=True, axis=1)
    return (found | found.T) & allowed
