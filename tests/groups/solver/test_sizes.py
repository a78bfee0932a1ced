"""How many groups people make."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.groups.solver.model import CannotSplit, Limits
from handlers.groups.solver.sizes import choose_count, feasible_counts


@pytest.mark.parametrize("people", [0, 1, 2, 3, 4, 8, 9])
def test_some_numbers_of_people_make_no_groups_of_five_to_seven(people: int) -> None:
    assert not feasible_counts(people, Limits())
    with pytest.raises(CannotSplit) as refused:
        choose_count(people, Limits(), theme="culture")
    assert (refused.value.theme, refused.value.people, refused.value.count) == ("culture", people, None)


@pytest.mark.parametrize(("people", "count"), [(5, 1), (7, 1), (10, 2), (15, 3), (33, 6), (34, 6), (100, 17)])
def test_groups_are_as_near_six_as_can_be_and_smaller_when_in_doubt(people: int, count: int) -> None:
    assert choose_count(people, Limits()) == count


def test_the_number_of_groups_can_be_chosen_where_sizes_allow_it() -> None:
    assert choose_count(100, Limits(), 15) == 15
    with pytest.raises(CannotSplit) as refused:
        choose_count(100, Limits(), 21)
    assert refused.value.count == 21


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.integers(0, 60), st.integers(1, 9), st.integers(0, 4))
def test_counts_are_those_whose_even_sizes_are_within_limits(people: int, smallest: int, more: int) -> None:
    limits = Limits(smallest, smallest + more, smallest)
    expected = [
        count
        for count in range(1, people + 1)
        if smallest <= people // count and -(-people // count) <= limits.largest  # the smallest and largest, if even
    ]
    assert list(feasible_counts(people, limits)) == expected
