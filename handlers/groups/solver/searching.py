"""Finds groups without rules: people are dealt out by nationality, then swapped to even out gender, age and platform.

Dealing mixes nationalities as well as is possible, into groups of even sizes, and no swap changes these. Shapes: G
groups of all deals, S seats a group, n people, C countries, V values of gender, age and platform, P pairs.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handlers.groups.solver.model import Placeable

Array = NDArray[Any]

_VALUES: tuple[Callable[[Placeable], str], ...] = (
    lambda person: person.gender,
    lambda person: person.band,
    lambda person: person.platform,
)
_WEIGHTS = np.array((4, 2, 1))  # cost of one person outside a share of gender, age, platform
_HEAT = 0.2  # a swap that costs 1 is drawn e^(1/heat) times less often than one that costs nothing
_STAY = 0.1  # rate at which no swap is drawn, where one that costs nothing has rate 1
_NEVER = 100  # cost of an impossible change: to take someone of a value away from a group that has none
_MANY = 12  # from so many groups on, only those that can still improve are looked at
_SEATS = 1000  # with fewer groups, so many seats are searched side by side, in several deals


@dataclass(frozen=True, slots=True)
class Searched:
    """The groups that a search found: the ids in each group, and how uneven the groups are.

    `outside` is the number of people by which gender, age and platform differ from an even distribution.
    """

    groups: tuple[tuple[str, ...], ...]
    outside: tuple[int, int, int]


def search(people: Sequence[Placeable], count: int, *, seed: int, turns: int, until: float) -> Searched:
    """Return `count` groups that mix nationalities as well as possible, and in which gender, age and platform are even.

    Sizes are even too. The search ends when gender, age and platform are perfectly even, after `turns` turns, or at the
    time `until` of `time.monotonic()`; then the most even groups found are returned.
    """
    seating = _Seating(people, count, seed)
    best, seats = seating.best()
    for turn in range(turns):
        if not any(best) or time.monotonic() > until:
            break
        seating.turn(turn)
        outside, candidate = seating.best()
        if outside < best:
            best, seats = outside, candidate.copy()
    return Searched(seating.groups(seats), best)


class _Seating:
    """Several deals of the same people into groups, searched side by side, and the tables that price a swap."""

    def __init__(self, people: Sequence[Placeable], count: int, seed: int) -> None:
        self._people = sorted(people, key=lambda person: person.id)
        self._random = np.random.default_rng(seed)
        n, self._k = len(people), count
        self._deals = max(1, _SEATS // n) if count < _MANY else 1
        groups = self._deals * count
        size = -(-n // count)
        index = {person.id: row for row, person in enumerate(self._people)}
        self._seats = np.full((groups, size), n, dtype=np.int32)  # (G, S) row of the person there, n where empty
        for index_of_deal in range(self._deals):
            dealt = deal(self._people, count, seed * 1_000_003 + index_of_deal)
            for number, group in enumerate(dealt, index_of_deal * count):
                self._seats[number, : len(group)] = [index[person.id] for person in group]
        self._lay_out_countries(n, count)
        self._lay_out_values(n, size)
        # (n + 1,) the same number for people alike in everything: to swap them changes nothing.
        _, alike = np.unique(np.column_stack([self._country, self._value]), axis=0, return_inverse=True)
        self._alike = alike.reshape(-1).astype(np.int32)

    def _lay_out_countries(self, n: int, count: int) -> None:
        self._country, totals = _coded([person.country for person in self._people], 0)
        self._fewest, self._most = totals // count, -(-totals // count)  # (C + 1,) of each country in a group
        # Countries with fewer people than groups are swapped only with each other, so that every group keeps its number
        # of nationalities.
        self._kind = np.where(totals < count, 1, 0)
        self._kind[-1] = 2
        self._compatriots = _counted(self._country[self._seats], len(totals))  # (G, C + 1)

    def _lay_out_values(self, n: int, size: int) -> None:
        codes: list[Array] = []
        totals: list[Array] = []
        level: list[int] = []
        for which, value_of in enumerate(_VALUES):
            code, total = _coded([value_of(person) for person in self._people], len(level))
            codes.append(code)
            totals.append(total)
            level += [which] * len(total)
        self._value = np.column_stack(codes).astype(np.int32)  # (n + 1, 3)
        self._level = np.array(level)  # (V,)
        many = np.concatenate(totals)
        counts = np.arange(size + 1)
        share = counts[:, None] * many
        low, high = share // n, -(-share // n)
        # (S + 1, V, S + 1) by the group's size, the value and how many have it: people outside the share, their cost,
        # and what one more or one fewer would cost.
        outside = np.maximum(np.maximum(low[:, :, None] - counts, counts - high[:, :, None]), 0)
        outside[:, many == 0] = 0
        cost = (outside * _WEIGHTS[self._level][:, None]).astype(np.float32)
        more, fewer = np.full_like(cost, _NEVER), np.full_like(cost, _NEVER)
        more[:, :, :-1] = np.diff(cost)
        fewer[:, :, 1:] = -np.diff(cost)
        self._outside, self._more, self._fewer = outside.ravel(), more.ravel(), fewer.ravel()
        # (G, V) the index into the raveled tables of a group's size and its count of each value.
        sizes = (self._seats < n).sum(axis=1)
        first = (sizes[:, None] * len(level) + np.arange(len(level))) * (size + 1)
        counted = np.stack([_counted(code[self._seats], len(level)) for code in codes]).sum(axis=0)
        self._cell = (first + counted).astype(np.int32)
        starts = [level.index(which) for which in range(len(_VALUES))]
        self._starts = np.array(starts)
        self._unmet = np.add.reduceat(self._outside[self._cell], self._starts, axis=1)  # (G, 3)

    def best(self) -> tuple[tuple[int, int, int], Array]:
        """Return the best deal: how far its gender, age and platform are from even, and its seats (k, S).

        A deal is one way to put all people into k groups of S seats. The seats are a view of the array, not a copy.
        """
        totals = self._unmet.reshape(self._deals, self._k, -1).sum(axis=1)
        gender, age, platform = totals.T
        index = int(np.lexsort((platform, age, gender))[0])
        outside = (int(gender[index]), int(age[index]), int(platform[index]))
        return outside, self._seats[index * self._k : (index + 1) * self._k]

    def groups(self, seats: Array) -> tuple[tuple[str, ...], ...]:
        """Return the ids of the people in each row of `seats` (k, S)."""
        ids = [person.id for person in self._people]
        return tuple(tuple(sorted(ids[person] for person in row if person < len(ids))) for row in seats.tolist())

    def turn(self, turn: int) -> None:
        """Swap two people, or nobody, between the two groups of each pair; pairs and swaps are drawn at random."""
        first, second = self._pairs(turn)
        if not len(first):
            return
        here, there = self._seats[first], self._seats[second]
        cost = self._cost_of_swaps(first, second, here, there)
        size = here.shape[1]
        # Each swap has an exponential clock of rate e^(-cost/heat); the first to ring is drawn.
        clocks = self._random.standard_exponential((len(first), size * size), dtype=np.float32)
        clocks *= np.exp(np.minimum(cost, 16) / np.float32(_HEAT)).reshape(len(first), -1)
        clocks[~self._neutral(first, second, here, there).reshape(len(first), -1)] = np.inf
        drawn = clocks.argmin(axis=1)
        stay = self._random.standard_exponential(len(first), dtype=np.float32) / np.float32(_STAY)
        go = np.flatnonzero(clocks[np.arange(len(first)), drawn] < stay)
        self._swap(first[go], drawn[go] // size, second[go], drawn[go] % size)

    def _cost_of_swaps(self, first: Array, second: Array, here: Array, there: Array) -> Array:
        """Return (P, S, S): the cost of swapping each seat of one group with each seat of the other."""
        ours, theirs = self._cell[first], self._cell[second]
        go = self._fewer[ours] + self._more[theirs]  # (P, V) cost when someone of a value goes there
        come = self._more[ours] + self._fewer[theirs]
        rows = np.arange(len(first))[:, None]
        cost = np.zeros((len(first), here.shape[1], there.shape[1]), dtype=np.float32)
        for which in range(len(_VALUES)):
            left, right = self._value[here, which], self._value[there, which]
            change = go[rows, left][:, :, None] + come[rows, right][:, None, :]
            cost += change * (left[:, :, None] != right[:, None, :])
        return cost

    def _neutral(self, first: Array, second: Array, here: Array, there: Array) -> Array:
        """Return (P, S, S): whether a swap changes something, but no level of nationalities."""
        left, right = self._country[here], self._country[there]
        ours, theirs = first[:, None], second[:, None]
        goes = self._compatriots[ours, left] > self._fewest[left]
        goes &= self._compatriots[theirs, left] < self._most[left]
        comes = self._compatriots[theirs, right] > self._fewest[right]
        comes &= self._compatriots[ours, right] < self._most[right]
        neutral: Array = goes[:, :, None] & comes[:, None, :]
        neutral &= self._kind[left][:, :, None] == self._kind[right][:, None, :]
        neutral |= left[:, :, None] == right[:, None, :]
        neutral &= self._alike[here][:, :, None] != self._alike[there][:, None, :]
        return neutral

    def _swap(self, first: Array, here: Array, second: Array, there: Array) -> None:
        """Swap the seats `here` of the groups `first` with the seats `there` of the groups `second`, all (P,)."""
        one, two = self._seats[first, here], self._seats[second, there]
        self._seats[first, here], self._seats[second, there] = two, one
        for person, source, goal in ((one, first, second), (two, second, first)):
            self._compatriots[source, self._country[person]] -= 1
            self._compatriots[goal, self._country[person]] += 1
            for which in range(len(_VALUES)):
                self._cell[source, self._value[person, which]] -= 1
                self._cell[goal, self._value[person, which]] += 1
        for groups in (first, second):
            self._unmet[groups] = np.add.reduceat(self._outside[self._cell[groups]], self._starts, axis=1)

    def _pairs(self, turn: int) -> tuple[Array, Array]:
        """Return the groups between which swaps are drawn next, (P,) and (P,)."""
        if self._k < _MANY:
            order = self._random.random((self._deals, self._k)).argsort(axis=1)
            order += np.arange(self._deals)[:, None] * self._k
            half = self._k // 2
            return order[:, :half].ravel(), order[:, half : 2 * half].ravel()
        unmet = self._unmet.any(axis=1)
        uneven, even = np.flatnonzero(unmet), np.flatnonzero(~unmet)
        self._random.shuffle(uneven)
        half = len(uneven) // 2
        # In turn, uneven groups are paired with even ones, with one another, and with groups that lack their excess.
        if turn % 3 == 2:
            return self._matched(uneven)
        if (turn % 3 == 1 and half) or not len(even):
            return uneven[:half], uneven[half : 2 * half]
        uneven = uneven[: len(even)]
        return uneven, self._random.choice(even, len(uneven), replace=False)

    def _matched(self, uneven: Array) -> tuple[Array, Array]:
        """Pair groups that are uneven in one value with groups for which the swap is a gain or costs nothing."""
        excess, lack = self._fewer[self._cell[uneven]] < 0, self._more[self._cell[uneven]] < 0
        value = self._random.choice(np.flatnonzero((excess | lack).any(axis=0)))
        too_many = excess[:, value].any() and (self._random.random() < 0.5 or not lack[:, value].any())
        ours = uneven[(excess if too_many else lack)[:, value]]
        price = (self._more if too_many else self._fewer)[self._cell[:, value]]
        gaining, neutral = np.flatnonzero(price < 0), np.flatnonzero(price == 0)
        self._random.shuffle(neutral)
        theirs = neutral
        if self._random.random() < 0.5:
            self._random.shuffle(gaining)
            theirs = np.concatenate([gaining, neutral])
        theirs = theirs[: len(ours)]
        return ours[: len(theirs)], theirs


def _coded(values: Sequence[str], first: int) -> tuple[Array, Array]:
    """Return the code (n + 1,) of each value, and how many people have each code.

    Codes count from `first`; the last stands for an empty seat, which nobody has.
    """
    code = {value: number for number, value in enumerate(sorted(set(values)))}
    codes = np.array([*map(code.__getitem__, values), len(code)], dtype=np.int32)
    totals = np.bincount(codes)
    totals[-1] = 0
    return codes + first, totals


def _counted(codes: Array, kinds: int) -> Array:
    """Return (G, kinds): how often each kind is in each row of `codes` (G, S)."""
    rows = np.arange(len(codes))[:, None]
    return np.bincount((rows * kinds + codes).ravel(), minlength=len(codes) * kinds).reshape(-1, kinds).astype(np.int32)


# --- Dealing people out like cards: nationalities lie as evenly as they can, and so do sizes.


def deal(people: Sequence[Placeable], count: int, seed: int = 0) -> list[list[Placeable]]:
    """Return `count` groups that are the best possible in nationalities and sizes.

    People are dealt out to the groups in turn, country by country from the rarest on, so that people of one country
    come to consecutive groups. Within a country, people who are alike follow one another and are thus separated. The
    order of `people` does not matter: `seed` decides who of several similar people comes first.
    """
    dice = random.Random(seed)  # noqa: S311 - not a secret
    shuffled = sorted(people, key=lambda person: person.id)
    dice.shuffle(shuffled)
    countries: defaultdict[str, list[Placeable]] = defaultdict(list)
    for person in shuffled:
        countries[person.country].append(person)
    groups: list[list[Placeable]] = [[] for _ in range(count)]
    number = 0
    for _, compatriots in sorted(countries.items(), key=lambda country: (len(country[1]), country[0])):
        for person in sorted(compatriots, key=lambda person: (person.gender, person.band, person.platform)):
            groups[number].append(person)
            number = (number + 1) % count
    dice.shuffle(groups)
    return groups
