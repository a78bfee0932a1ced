"""How often equality in numbers cries wolf, and how often it sees a true difference.

A world is a gathering of 100 people, 52 of them women, who give ideas: some people give many, some none. In equal
worlds gender plays no role; in unequal ones women give 35 % of the ideas. Beside it, what the usual test finds in the
same worlds, which takes ideas for independent. Seeded: the same figures each time.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.people.listed import Gender
from handlers.equality.model.disclosure import publish
from handlers.equality.model.steps import StepTally

PEOPLE, WOMEN = 100, 52
IDEAS = 3.0
"""How many ideas somebody gives on average."""
SHAPE = 1.2
"""How alike people are in how much they give, chance apart: the shape of a gamma distribution."""
TRUE_SHARE = 0.35


@dataclass(frozen=True)
class Found:
    """In what share of some worlds a difference was found: by permuting people, and by the usual test."""

    permuting: float
    usual: float


def ideas_of_world(rng: np.random.Generator, share: float) -> Sequence[int]:
    """Return how many ideas each person gives, women first, where women are expected to give a `share` of them."""
    odds = share / (1 - share) * (PEOPLE - WOMEN) / WOMEN  # what a woman gives for one idea of a man
    of_man = IDEAS * PEOPLE / (WOMEN * odds + PEOPLE - WOMEN)
    rates = np.array([of_man * odds] * WOMEN + [of_man] * (PEOPLE - WOMEN))
    return [int(count) for count in rng.poisson(rates * rng.gamma(SHAPE, 1 / SHAPE, PEOPLE))]


def is_seen(world: int, ideas: Sequence[int]) -> bool:
    """Return whether a word is published about a world, by the code that publishes. Some worlds are withheld."""
    genders = {person: (Gender.WOMAN if person < WOMEN else Gender.MAN).value for person in range(PEOPLE)}
    tally = StepTally(f"ideas:{world}", "", dict(enumerate(ideas)))
    published, _withheld = publish([tally], genders, [], random.Random(world).random)
    return any(step.side != "within" for step in published)


def usual_test(ideas: Sequence[int]) -> bool:
    """Return whether a test of one proportion finds a difference at 5 %, which takes each idea for independent."""
    total, share = sum(ideas), WOMEN / PEOPLE
    return abs(sum(ideas[:WOMEN]) - share * total) > 1.96 * math.sqrt(total * share * (1 - share))


def find(worlds: int, share: float, seed: int) -> Found:
    """Return how often a difference is found in so many worlds."""
    rng = np.random.default_rng(seed)
    all_ideas = [ideas_of_world(rng, share) for _world in range(worlds)]
    permuting = sum(is_seen(world, ideas) for world, ideas in enumerate(all_ideas))
    return Found(permuting / worlds, sum(map(usual_test, all_ideas)) / worlds)
