"""Computes how long to wait before a failed operation is tried again."""

from __future__ import annotations

import random

_MOST_DOUBLINGS = 64
"""The most doublings: every limit is reached before, and a float would overflow after a thousand doublings."""


class Backoff:
    """Computes how long to wait before trying again: twice as long after each failure in a row, up to a limit.

    The waits are partly random, so that many programs that failed together do not try again together. The caller counts
    the failures, and waits.
    """

    def __init__(
        self, *, first: float, longest: float, jitter: float = 0.0, chance: random.Random | None = None
    ) -> None:
        """Create a backoff that waits `first` seconds after one failure, and at most `longest` seconds.

        `jitter` is the share of each wait that is drawn at random from `chance`. With 0 nothing is random; with 0.5 the
        wait lies between half of its full length and all of it; with 1, between zero and its full length.
        """
        self._first = first
        self._longest = longest
        self._jitter = jitter
        self._chance = chance or random.Random()  # noqa: S311 - no secret: those who failed together part ways

    def after(self, failures: int) -> float:
        """Return how many seconds to wait after failures in a row; `failures` is their number, at least 1."""
        wait = min(self._first * 2.0 ** min(failures - 1, _MOST_DOUBLINGS), self._longest)
        return wait * self._chance.uniform(1 - self._jitter, 1) if self._jitter else wait
