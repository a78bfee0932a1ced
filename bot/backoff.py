"""How long to wait before what failed is tried again."""

from __future__ import annotations

import random

_MOST_DOUBLINGS = 64
"""More of them change nothing, as every limit is reached before; a float would overflow after a thousand."""


class Backoff:
    """Waits that double with each failure in a row, up to a limit, and are spread so that many do not try at once.

    It keeps no count: whoever tries knows how often that failed, in a variable or in a row of the store, and sleeps by
    a clock of its own.
    """

    def __init__(
        self, *, first: float, longest: float, jitter: float = 0.0, chance: random.Random | None = None
    ) -> None:
        """`first` is the wait after one failure, `longest` the limit, both in seconds.

        `jitter` is the share of each wait that is left to `chance`: 0 for none, 0.5 for a wait between half of it and
        all of it, 1 for one between nothing and all of it.
        """
        self._first = first
        self._longest = longest
        self._jitter = jitter
        self._chance = chance or random.Random()  # noqa: S311 - no secret: those who failed together part ways

    def after(self, failures: int) -> float:
        """The seconds to wait after that many failures in a row, 1 being the first."""
        wait = min(self._first * 2.0 ** min(failures - 1, _MOST_DOUBLINGS), self._longest)
        return wait * self._chance.uniform(1 - self._jitter, 1) if self._jitter else wait
