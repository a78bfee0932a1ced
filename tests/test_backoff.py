"""How long what failed waits before it is tried again."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.backoff import Backoff


def test_each_wait_is_twice_the_one_before_up_to_the_limit() -> None:
    backoff = Backoff(first=0.5, longest=5.0)
    assert [backoff.after(failures) for failures in range(1, 7)] == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_what_failed_for_weeks_waits_as_long_as_the_limit() -> None:
    assert Backoff(first=1.0, longest=300.0).after(5000) == 300.0


def test_the_first_wait_is_within_the_limit_too() -> None:
    assert Backoff(first=90.0, longest=60.0).after(1) == 60.0


@given(st.integers(1, 3000), st.floats(0, 1), st.integers(0, 2**32))
def test_chance_has_no_more_than_its_share_of_a_wait(failures: int, jitter: float, seed: int) -> None:
    whole = Backoff(first=1.0, longest=300.0).after(failures)
    wait = Backoff(first=1.0, longest=300.0, jitter=jitter, chance=random.Random(seed)).after(failures)
    assert (1 - jitter) * whole <= wait <= whole


def test_those_who_failed_together_part_ways() -> None:
    waits = {Backoff(first=1.0, longest=300.0, jitter=0.5, chance=random.Random(seed)).after(4) for seed in range(10)}
    assert len(waits) == 10
