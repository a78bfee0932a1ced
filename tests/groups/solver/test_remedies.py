"""A theme that cannot be split is told what would mend it, and nothing that would not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.groups.solver.model import Limits
from handlers.groups.solver.remedies import Moving, SplitRemedy, ThemeMove, Wait, Waive, can_split, remedies

THEMES = ("culture", "school", "civic")


def named(count: int, prefix: str = "p") -> tuple[str, ...]:
    return tuple(f"{prefix}{each}" for each in range(count))


def after(sizes: Mapping[str, int], mend: Moving) -> dict[str, int]:
    moved = dict(sizes)
    for move in mend.moves:
        moved[move.origin] -= len(move.people)
        moved[move.target] += len(move.people)
    return moved


@pytest.mark.parametrize(
    ("people", "waivers"),
    [
        (1, []),
        (2, []),
        (3, []),
        (4, [Limits(4, 7)]),
        (8, [Limits(4, 7), Limits(5, 8)]),
        (9, [Limits(4, 7)]),
    ],
)
def test_a_waiver_is_offered_where_it_mends(people: int, waivers: list[Limits]) -> None:
    found = remedies("culture", {"culture": people, "school": 30}, {}, Limits())
    assert found == (*(Waive("culture", limits) for limits in waivers), Wait("culture"))


@pytest.mark.parametrize("people", [1, 2, 3, 4])
def test_a_few_people_go_where_they_named_or_are_joined(people: int) -> None:
    sizes = {"culture": people, "school": 30}
    wishes = {"culture": {"school": named(people)}, "school": {"culture": named(9, "s")}}
    moving = [mend for mend in remedies("culture", sizes, wishes, Limits()) if isinstance(mend, Moving)]
    leave = Moving("culture", (ThemeMove(named(people), "culture", "school"),))
    join = Moving("culture", (ThemeMove(named(5 - people, "s"), "school", "culture"),))
    assert moving == sorted((leave, join), key=lambda mend: mend.changes)


@pytest.mark.parametrize(("people", "leaving", "joining"), [(8, 1, 2), (9, 2, 1)])
def test_eight_and_nine_shrink_to_seven_or_grow_to_ten(people: int, leaving: int, joining: int) -> None:
    sizes = {"culture": people, "school": 30}
    wishes = {"culture": {"school": named(3)}, "school": {"culture": named(3, "s")}}
    first, second, *_ = remedies("culture", sizes, wishes, Limits())
    expected = (
        Moving("culture", (ThemeMove(named(leaving), "culture", "school"),)),
        Moving("culture", (ThemeMove(named(joining, "s"), "school", "culture"),)),
    )
    assert (first, second) == tuple(sorted(expected, key=lambda mend: mend.changes))


def test_one_move_may_mend_two_themes() -> None:
    sizes = {"culture": 8, "school": 4}
    found = remedies("culture", sizes, {"culture": {"school": ("ana",)}}, Limits())
    assert found[0] == Moving("culture", (ThemeMove(("ana",), "culture", "school"),))


def test_no_theme_is_mended_at_another_ones_expense() -> None:
    """School has seven: neither an eighth, nor one fewer than five, would do. With ten, it may have an eleventh."""
    wishes = {"culture": {"school": named(1)}, "civic": {"culture": named(2, "c")}}

    def moving(school: int) -> list[SplitRemedy]:
        sizes = {"culture": 8, "school": school, "civic": 5}
        return [mend for mend in remedies("culture", sizes, wishes, Limits()) if isinstance(mend, Moving)]

    assert moving(school=7) == []
    assert moving(school=10) == [Moving("culture", (ThemeMove(named(1), "culture", "school"),))]


def test_people_may_have_to_go_to_several_themes() -> None:
    sizes = {"culture": 9, "school": 30, "civic": 30}
    wishes = {"culture": {"school": ("ana",), "civic": ("ben",)}}
    first, *_ = remedies("culture", sizes, wishes, Limits())
    assert first == Moving(
        "culture", (ThemeMove(("ana",), "culture", "school"), ThemeMove(("ben",), "culture", "civic"))
    )


def test_nobody_is_moved_who_did_not_name_the_theme() -> None:
    assert remedies("culture", {"culture": 3, "school": 30}, {"culture": {"civic": ("ana",)}}, Limits()) == (
        Wait("culture"),
    )


@given(
    st.fixed_dictionaries(dict.fromkeys(THEMES, st.integers(0, 25))),
    st.fixed_dictionaries(
        {each: st.fixed_dictionaries({o: st.integers(0, 6) for o in THEMES if o != each}) for each in THEMES}
    ),
    st.tuples(st.integers(1, 8), st.integers(0, 3)),
)
@settings(derandomize=True, max_examples=300, deadline=None)
def test_what_is_proposed_mends_by_people_who_could_move(
    sizes: dict[str, int], wishes: dict[str, dict[str, int]], span: tuple[int, int]
) -> None:
    limits = Limits(span[0], sum(span), span[0])
    people = {
        theme: {other: named(min(many, sizes[theme] // 2), f"{theme}-{other}-") for other, many in others.items()}
        for theme, others in wishes.items()
    }
    for theme in THEMES:
        if can_split(sizes[theme], limits):
            continue
        found = remedies(theme, sizes, people, limits)
        assert isinstance(found[-1], Wait)
        assert [mend.changes for mend in found if isinstance(mend, Moving)] == sorted(
            mend.changes for mend in found if isinstance(mend, Moving)
        )
        for mend in found:
            check(mend, theme, sizes, people, limits)


def check(
    mend: SplitRemedy,
    theme: str,
    sizes: Mapping[str, int],
    people: Mapping[str, Mapping[str, tuple[str, ...]]],
    limits: Limits,
) -> None:
    if isinstance(mend, Moving):
        moved = after(sizes, mend)
        assert can_split(moved[theme], limits)
        assert all(can_split(moved[other], limits) for other in sizes if can_split(sizes[other], limits))
        for move in mend.moves:
            assert set(move.people) <= set(people[move.origin][move.target])
            assert len(set(move.people)) == len(move.people)
    elif isinstance(mend, Waive):
        assert can_split(sizes[theme], mend.limits)
