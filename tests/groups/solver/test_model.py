"""What a solver is given and gives back."""

from __future__ import annotations

import pytest

from handlers.groups.solver.model import Band, GroupPlan, Level, Measure, band_of


@pytest.mark.parametrize(
    ("born", "band"),
    [(2008, Band.YOUNG), (2003, Band.YOUNG), (2002, Band.MIDDLE), (1997, Band.MIDDLE), (1996, Band.OLDER), (None, "")],
)
def test_bands_are_of_the_age_completed_in_the_year(born: int | None, band: str) -> None:
    assert band_of(born, 2026) == band


def test_a_plan_is_optimal_when_each_of_its_levels_is() -> None:
    reached, missed = Measure(Level.REPEATS, 3, 2, 3), Measure(Level.AGE, 1, 0, 0)
    assert GroupPlan("culture", {}, (reached,)).optimal
    assert not GroupPlan("culture", {}, (reached, missed)).optimal


def test_a_plan_says_where_everyone_is() -> None:
    assert GroupPlan("culture", {2: ("a", "b"), 5: ("c",)}, ()).number_of == {"a": 2, "b": 2, "c": 5}
