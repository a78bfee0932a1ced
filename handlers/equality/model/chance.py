"""The range in which the share of women in a step falls by chance alone, if gender plays no role.

People are permuted, not their acts: people who give one idea often give another, so acts are not independent, and a
test that assumes so finds differences where there are none.
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
"""How many permutations are drawn if more than `MANY` people could take the step."""
MANY = 10_000
_EACH_SIDE = 0.02
"""The probability that chance alone falls below the band, and above it: a false alarm in 25 steps at most."""


def noise_scale(done: Counts) -> float:
    """Return the scale of the Laplace noise by which it is decided whether chance explains what women did in a step.

    `done` has how often each person took the step. The scale is the mean of these numbers, so the remark reveals
    nothing about one person. It is 0 if all these numbers are equal: women cannot differ from men then, and there is
    nothing to hide.
    """
    return float(done.mean()) if len(np.unique(done)) > 1 else 0.0


def may_have_word(done: Counts) -> bool:
    """Return whether a remark on a step can tell anything about women, in spite of the noise that protects people.

    This is so if chance changes what women do by more than the noise does. `done` has how often each person took the
    step.
    """
    scale = noise_scale(done)
    return scale > 0 and float(done.std()) * math.sqrt(len(done)) / 2 > math.sqrt(2) * scale


def chance_band(key: str, done: Counts, women: int) -> tuple[int, int]:
    """Return the range in which the number of times that women took a step lies in 96 of 100 cases, by chance alone.

    The noise that protects people is included. `done` has, for each woman and man who could take the step, how often
    they did; `women` is the number of women among them. Genders are dealt anew to the same people 10,000 times (1,000
    times for more than 10,000 people). The random numbers are seeded by the step's `key`, so results repeat.

    People who took the step equally often are interchangeable. So a permutation is drawn as the number of women among
    people who took it once, twice and so on, which gives the same distribution as shuffling everybody.
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
