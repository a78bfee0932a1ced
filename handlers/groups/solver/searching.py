"""Groups found by swaps: nationalities and sizes dealt out evenly, then gender, age and platform evened out."""

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
_WEIGHTS = np.array((4, 2, 1))  # of gender, age, platform: what one person outside a share costs
_HEAT = 0.2  # a swap that costs 1 is drawn e^(1/heat) times less often than one that costs nothing
_STAY = 0.1  # how often no swap at all is drawn, against one that costs nothing
_NEVER = 100  # what it costs that one of none leaves
_MANY = 12  # groups from which on only those not perfect yet are looked at
_SEATS = 1000  # searched side by side where groups are fewer


@dataclass(frozen=True, slots=True)
class Searched:
    """Groups, and by how many people gender, age and platform lie outside their shares."""

    groups: tuple[tuple[str, ...], ...]
    outside: tuple[int, int, int]


def search(people: Sequence[Placeable], count: int, *, seed: int, turns: int, until: float) -> Searched:
    """Groups at the bounds of the country levels and of sizes, as even in gender, age and platform as was found.

    Ends when nothing lies outside its share, after so many turns, or at `until` on the monotonic clock.
    """
    table = _Seating(people, count, seed)
    best, seats = table.best()
    for turn in range(turns):
        if not any(best) or time.monotonic() > until:
            break
        table.turn(turn)
        outside, candidate = table.best()
        if outside < best:
            best, seats = outside, candidate.copy()
    return Searched(table.groups(seats), best)


class _Seating:
    """Everyone seated, and what each seat is worth."""

    def __init__(self, people: Sequence[Placeable], count: int, seed: int) -> None:
        self._people = sorted(people, key=lambda person: person.id)
        self._random = np.random.default_rng(seed)
        n, self._k = len(people), count
        self._deals = max(1, _SEATS // n) if count < _MANY else 1
        groups = self._deals * count
        size = -(-n // count)
        index = {person.id: row for row, person in enumerate(self._people)}
        self._seats = np.full((groups, size), n, dtype=np.int32)  # (G, S) who sits there
        for which in range(self._deals):
            for number, group in enumerate(deal(self._people, count, seed * 1_000_003 + which), which * count):
                self._seats[number, : len(group)] = [index[person.id] for person in group]
        self._lay_out_countries(n, count)
        self._lay_out_values(n, size)
        # Swapping those alike in everything changes nothing.
        _, alike = np.unique(np.column_stack([self._country, self._value]), axis=0, return_inverse=True)
        self._alike = alike.reshape(-1).astype(np.int32)

    def _lay_out_countries(self, n: int, count: int) -> None:
        self._country, totals = _coded([person.country for person in self._people], 0)
        self._fewest, self._most = totals // count, -(-totals // count)  # (C + 1,) of each country in a group
        # A rare country's people trade places with those of another such: groups keep their number of nationalities.
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
        # By the size of a group, value, and how many have the value: how far outside, its cost, one more, one fewer.
        outside = np.maximum(np.maximum(low[:, :, None] - counts, counts - high[:, :, None]), 0)
        outside[:, many == 0] = 0
        cost = (outside * _WEIGHTS[self._level][:, None]).astype(np.float32)
        more, fewer = np.full_like(cost, _NEVER), np.full_like(cost, _NEVER)
        more[:, :, :-1] = np.diff(cost)
        fewer[:, :, 1:] = -np.diff(cost)
        self._outside, self._more, self._fewer = outside.ravel(), more.ravel(), fewer.ravel()
        # Where in these tables a group's values lie, and how many of them it has: its cell is the sum. (G, V)
        sizes = (self._seats < n).sum(axis=1)
        first = (sizes[:, None] * len(level) + np.arange(len(level))) * (size + 1)
        having = np.stack([_counted(each[self._seats], len(level)) for each in codes]).sum(axis=0)
        self._cell = (first + having).astype(np.int32)
        starts = [level.index(which) for which in range(len(_VALUES))]
        self._starts = np.array(starts)
        self._unmet = np.add.reduceat(self._outside[self._cell], self._starts, axis=1)  # (G, 3)

    def best(self) -> tuple[tuple[int, int, int], Array]:
        """The best deal: by how many people each level is outside, and a view (k, S) of its seats."""
        totals = self._unmet.reshape(self._deals, self._k, -1).sum(axis=1)
        gender, age, platform = totals.T
        which = int(np.lexsort((platform, age, gender))[0])
        outside = (int(gender[which]), int(age[which]), int(platform[which]))
        return outside, self._seats[which * self._k : (which + 1) * self._k]

    def groups(self, seats: Array) -> tuple[tuple[str, ...], ...]:
        """The ids of those seated."""
        ids = [person.id for person in self._people]
        return tuple(tuple(sorted(ids[each] for each in row if each < len(ids))) for row in seats.tolist())

    def turn(self, turn: int) -> None:
        """Draw a swap, or none, for each of many pairs of groups; no group is in two."""
        first, second = self._pairs(turn)
        if not len(first):
            return
        here, there = self._seats[first], self._seats[second]
        cost = self._cost_of_swaps(first, second, here, there)
        size = here.shape[1]
        # The shortest of clocks that run at rates e^(-cost/heat): each swap is drawn as often as its rate says.
        clocks = self._random.standard_exponential((len(first), size * size), dtype=np.float32)
        clocks *= np.exp(np.minimum(cost, 16) / np.float32(_HEAT)).reshape(len(first), -1)
        clocks[~self._neutral(first, second, here, there).reshape(len(first), -1)] = np.inf
        drawn = clocks.argmin(axis=1)
        stay = self._random.standard_exponential(len(first), dtype=np.float32) / np.float32(_STAY)
        go = np.flatnonzero(clocks[np.arange(len(first)), drawn] < stay)
        self._swap(first[go], drawn[go] // size, second[go], drawn[go] % size)

    def _cost_of_swaps(self, first: Array, second: Array, here: Array, there: Array) -> Array:
        """(P, S, S) what it costs that the one of a seat here and the one of a seat there trade places."""
        ours, theirs = self._cell[first], self._cell[second]
        go = self._fewer[ours] + self._more[theirs]  # (P, V) what it costs that someone of a value goes there
        come = self._more[ours] + self._fewer[theirs]
        rows = np.arange(len(first))[:, None]
        cost = np.zeros((len(first), here.shape[1], there.shape[1]), dtype=np.float32)
        for which in range(len(_VALUES)):
            left, right = self._value[here, which], self._value[there, which]
            change = go[rows, left][:, :, None] + come[rows, right][:, None, :]
            cost += change * (left[:, :, None] != right[:, None, :])
        return cost

    def _neutral(self, first: Array, second: Array, here: Array, there: Array) -> Array:
        """(P, S, S) which swaps change something, but nothing for nationalities."""
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
        """Groups to look at together, (P,) and (P,)."""
        if self._k < _MANY:
            order = self._random.random((self._deals, self._k)).argsort(axis=1)
            order += np.arange(self._deals)[:, None] * self._k
            half = self._k // 2
            return order[:, :half].ravel(), order[:, half : 2 * half].ravel()
        unmet = self._unmet.any(axis=1)
        bad, good = np.flatnonzero(unmet), np.flatnonzero(~unmet)
        self._random.shuffle(bad)
        half = len(bad) // 2
        # In turn: bad groups with good ones, with one another, and with those that lack what they have too much of.
        if turn % 3 == 2:
            return self._matched(bad)
        if (turn % 3 == 1 and half) or not len(good):
            return bad[:half], bad[half : 2 * half]
        bad = bad[: len(good)]
        return bad, self._random.choice(good, len(bad), replace=False)

    def _matched(self, bad: Array) -> tuple[Array, Array]:
        """Bad groups for one reason, with groups that want, or at least bear, the change that mends it."""
        excess, lack = self._fewer[self._cell[bad]] < 0, self._more[self._cell[bad]] < 0
        value = self._random.choice(np.flatnonzero((excess | lack).any(axis=0)))
        too_many = excess[:, value].any() and (self._random.random() < 0.5 or not lack[:, value].any())
        ours = bad[(excess if too_many else lack)[:, value]]
        price = (self._more if too_many else self._fewer)[self._cell[:, value]]
        wanting, bearing = np.flatnonzero(price < 0), np.flatnonzero(price == 0)
        self._random.shuffle(bearing)
        theirs = bearing
        if self._random.random() < 0.5:
            self._random.shuffle(wanting)
            theirs = np.concatenate([wanting, bearing])
        theirs = theirs[: len(ours)]
        return ours[: len(theirs)], theirs


def _coded(values: Sequence[str], first: int) -> tuple[Array, Array]:
    """(n + 1,) each value as a number from `first` on, the last for an empty seat; and how many people have each."""
    code = {value: number for number, value in enumerate(sorted(set(values)))}
    codes = np.array([*map(code.__getitem__, values), len(code)], dtype=np.int32)
    totals = np.bincount(codes)
    totals[-1] = 0
    return codes + first, totals


def _counted(codes: Array, kinds: int) -> Array:
    """(G, kinds) how often each kind is in each row of codes (G, S)."""
    rows = np.arange(len(codes))[:, None]
    return np.bincount((rows * kinds + codes).ravel(), minlength=len(codes) * kinds).reshape(-1, kinds).astype(np.int32)


# --- Dealing people out like cards: nationalities lie as evenly as they can, and so do sizes.


def deal(people: Sequence[Placeable], count: int, seed: int = 0) -> list[list[Placeable]]:
    """`count` groups at the bounds of repeats, compatriots, worst group and sizes.

    Round and round, country by country, rarest first: each country's people come to consecutive groups, so do all the
    people of rare countries together. Within a country the like follow one another, so that they part. Who is dealt
    first among the like is the seed's choice, not that of the order in which people are given.
    """
    dice = random.Random(seed)  # noqa: S311 - not a secret
    shuffled = sorted(people, key=lambda person: person.id)
    dice.shuffle(shuffled)
    countries: defaultdict[str, list[Placeable]] = defaultdict(list)
    for person in shuffled:
        countries[person.country].append(person)
    groups: list[list[Placeable]] = [[] for _ in range(count)]
    at = 0
    for _, compatriots in sorted(countries.items(), key=lambda each: (len(each[1]), each[0])):
        for person in sorted(compatriots, key=lambda person: (person.gender, person.band, person.platform)):
            groups[at].append(person)
            at = (at + 1) % count
    dice.shuffle(groups)
    return groups
