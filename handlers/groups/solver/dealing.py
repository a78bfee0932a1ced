"""Dealing people out like cards: nationalities lie as evenly as they can, and so do sizes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from handlers.groups.solver.model import Person


def deal(people: Sequence[Person], count: int, seed: int = 0) -> list[list[Person]]:
    """`count` groups at the bounds of repeats, compatriots, worst group and sizes.

    Round and round, country by country, rarest first: each country's people come to consecutive groups, so do all the
    people of rare countries together. Within a country the like follow one another, so that they part. Who is dealt
    first among the like is the seed's choice, not that of the order in which people are given.
    """
    dice = random.Random(seed)  # noqa: S311 - not a secret
    shuffled = sorted(people, key=lambda person: person.id)
    dice.shuffle(shuffled)
    countries: defaultdict[str, list[Person]] = defaultdict(list)
    for person in shuffled:
        countries[person.country].append(person)
    groups: list[list[Person]] = [[] for _ in range(count)]
    at = 0
    for _, compatriots in sorted(countries.items(), key=lambda each: (len(each[1]), each[0])):
        for person in sorted(compatriots, key=lambda person: (person.gender, person.band, person.platform)):
            groups[at].append(person)
            at = (at + 1) % count
    dice.shuffle(groups)
    return groups
