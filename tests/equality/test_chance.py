"""The band of chance: people are permuted, not what they did."""

from __future__ import annotations

import random

import numpy as np
import pytest

from handlers.equality.model.chance import MANY, chance_band, noise_scale
from tests.equality.worlds import PEOPLE, TRUE_SHARE, WOMEN, find


def test_everybody_who_does_the_same_leaves_nothing_to_chance() -> None:
    assert chance_band("themes", np.full(100, 1), 52) == (52, 52)


def test_the_band_is_that_of_people_shuffled_one_by_one_and_of_noise() -> None:
    dice = random.Random(4)
    done = [min(9, int(dice.expovariate(0.4))) for _person in range(100)]
    scale = noise_scale(np.array(done))
    noise = [scale * (dice.expovariate(1) - dice.expovariate(1)) for _permutation in range(10_000)]
    sums = sorted(sum(dice.sample(done, 52)) + more for more in noise)
    low, high = chance_band("ideas:1:stakes", np.array(done), 52)
    assert scale == sum(done) / 100
    assert [low, high] == pytest.approx([sums[200], sums[-200]], abs=2)
    assert low < 0.52 * sum(done) < high


def test_one_who_does_nearly_all_widens_the_band() -> None:
    alike, lone = np.full(60, 2), np.array([61, *[1] * 59])
    assert chance_band("ideas", alike, 30) == (60, 60)
    low, high = chance_band("ideas", lone, 30)
    assert 20 < low <= 30
    assert 90 <= high < 100


def test_asking_twice_shows_the_same_and_another_step_is_drawn_anew() -> None:
    done = np.random.default_rng(1).poisson(40, 80)
    bands = [chance_band(key, done, 40) for key in ("ideas:1:stakes", "ideas:1:stakes", "ideas:2:stakes")]
    assert bands[0] == bands[1] != bands[2]


def test_many_people_are_permuted_as_well() -> None:
    done = np.tile([0, 1, 2, 3], MANY // 2)
    low, high = chance_band("ideas", done, MANY)
    assert low < 1.5 * MANY < high
    assert high - low < 0.05 * MANY


def test_no_wolf_is_cried_and_a_true_difference_is_seen() -> None:
    equal, unequal = find(60, WOMEN / PEOPLE, 5), find(20, TRUE_SHARE, 5)
    assert equal.permuting <= 0.05
    assert equal.usual > 0.2
    assert unequal.permuting >= 0.8
