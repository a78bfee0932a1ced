"""What chance alone would give: the band in which the share of women falls if gender played no role in a step.

People are permuted, not what they did: whoever gives one idea often gives the next as well, so ideas are not
independent, and a test that takes them for independent finds differences where there are none.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]

PERMUTATIONS = 10_000
FEWER_PERMUTATIONS = 1_000
"""How many permutations are drawn where more than `MANY` people could take a step."""
MANY = 10_000
_EACH_SIDE = 0.02
"""The probability that chance alone falls below the band, and above it: a false alarm in 25 steps at most."""


def chance_band(key: str, done: Counts, women: int) -> tuple[int, int]:
    """Return how often women together take a step by chance, at least and at most, in 96 of 100 cases.

    `done` has, for each woman and man who could take the step, how often they did; `women` of them are women. Gender is
    dealt out anew to the same people 10,000 times (1,000 times for more than 10,000 people). Seeded by the step's
    `key`: the same question has the same answer.

    People who did the same number of times are interchangeable. So a permutation is drawn as the number of women among
    those who did it once, twice and so on, which gives the same distribution as shuffling everybody.
    """
    times, people = np.unique(done, return_counts=True)
    count = PERMUTATIONS if len(done) <= MANY else FEWER_PERMUTATIONS
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]))
    dealt = rng.multivariate_hypergeometric(people, women, size=count, method="marginals")
    sums = np.sort(dealt @ times)
    # What was observed counts as one permutation more: so never more than 4 % of equal worlds lie outside.
    rank = max(0, int(_EACH_SIDE * (count + 1)) - 1)
    return int(sums[rank]), int(sums[-1 - rank])
