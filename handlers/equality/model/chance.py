"""What chance alone would give: the band in which the share of women falls if gender played no role in a step.

People are permuted, not what they did: whoever gives one idea often gives the next as well, so ideas are not
independent, and a test that takes them for independent finds differences where there are none.
"""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]

PERMUTATIONS = 10_000
FEWER_PERMUTATIONS = 1_000
"""How many permutations are drawn where more than `MANY` people could take a step."""
MANY = 10_000
_EACH_SIDE = 0.02
"""The probability that chance alone falls below the band, and above it: a false alarm in 25 steps at most."""


def noise_scale(done: Counts) -> float:
    """Return the scale of the Laplace noise with which it is decided whether chance explains what women did.

    It is how often somebody did it on average: so nothing follows from the word about one person. Where everybody did
    the same, women can do no more or less than that, and there is nothing to hide: 0.
    """
    return float(done.mean()) if len(np.unique(done)) > 1 else 0.0


def may_have_word(done: Counts) -> bool:
    """Return whether chance moves what women do by more than the noise does; else a word would be the noise's alone."""
    scale = noise_scale(done)
    return scale > 0 and float(done.std()) * math.sqrt(len(done)) / 2 > math.sqrt(2) * scale


def chance_band(key: str, done: Counts, women: int) -> tuple[int, int]:
    """Return how often women together take a step by chance, at least and at most, in 96 of 100 cases, noise included.

    `done` has, for each woman and man who could take the step, how often they did; `women` of them are women. Gender is
    dealt out anew to the same people 10,000 times (1,000 times for more than 10,000 people). Seeded by the step's
    `key`: the same question has the same answer.

    People who did the same number of times are interchangeable. So a permutation is drawn as the number of women among
    those who did it once, twice and so on, which gives the same distribution as shuffling everybody.
    """
    times, people = np.unique(done, return_counts=True)
    return _band(key, tuple(times.tolist()), tuple(people.tolist()), women)


@lru_cache(maxsize=256)
def _band(key: str, times: tuple[int, ...], people: tuple[int, ...], women: int) -> tuple[int, int]:
    """Return the band for so many people who did it so many times. Kept, for it is the same in many worlds."""
    done = np.repeat(times, people)
    count = PERMUTATIONS if len(done) <= MANY else FEWER_PERMUTATIONS
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]))
    dealt = rng.multivariate_hypergeometric(people, women, size=count, method="marginals")
    sums = np.sort(dealt @ np.array(times) + rng.laplace(0, noise_scale(done), count))
    # What was observed counts as one permutation more: so never more than 4 % of equal worlds lie outside.
    rank = max(0, int(_EACH_SIDE * (count + 1)) - 1)
    return math.floor(sums[rank]), math.ceil(sums[-1 - rank])
