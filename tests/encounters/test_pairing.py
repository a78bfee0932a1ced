"""Who sits with whom: pairs in which people meet other groups and territories, and nobody twice."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import pytest

from handlers.encounters.solver.model import Guest, Rules, Table
from handlers.encounters.solver.pairing import SeatingPlan, make_plan
from handlers.encounters.solver.repairing import repair


def guests(territories: str, *, group_size: int = 0) -> list[Guest]:
    """Return a guest for each letter, which is their territory; groups are made of people who stand side by side."""
    return [
        Guest(number, letter, group=number // group_size if group_size else None)
        for number, letter in enumerate(territories)
    ]


def meetings(plan: SeatingPlan) -> Iterator[tuple[int, int]]:
    """Yield each two people who sit together, once for each time."""
    for tables in plan.seatings:
        for table in tables:
            yield from combinations(sorted(table.people), 2)


def seated(tables: Sequence[Table]) -> list[int]:
    return sorted(person for table in tables for person in table.people)


def territories_met(plan: SeatingPlan, people: Sequence[Guest]) -> dict[int, set[str]]:
    of = {guest.id: guest.territory for guest in people}
    met: dict[int, set[str]] = {guest.id: set() for guest in people}
    for one, other in meetings(plan):
        met[one].add(of[other])
        met[other].add(of[one])
    return {person: found - {of[person]} for person, found in met.items()}


def test_everybody_sits_in_every_seating_and_meets_nobody_twice() -> None:
    people = guests("FBQCDS" * 5, group_size=6)
    plan = make_plan(people, seatings=4)
    assert all(seated(tables) == list(range(30)) for tables in plan.seatings)
    assert max(Counter(meetings(plan)).values()) == 1
    assert not any(one // 6 == other // 6 for one, other in meetings(plan))
    assert plan.broken == 0


def test_half_of_one_territory_leaves_two_others_to_everybody() -> None:
    """If the half from F only met the others, each of the others would have met F alone."""
    people = guests("F" * 20 + "B" * 8 + "Q" * 6 + "D" * 6)
    plan = make_plan(people, seatings=4)
    assert min(map(len, territories_met(plan, people).values())) >= 2
    assert plan.score == plan.bound, "it is proven to be the best"


def test_who_looks_for_something_meets_who_brings_it() -> None:
    people = [
        Guest(1, "F", seeks=frozenset({"place"})),
        Guest(2, "F", offers=frozenset({"place"})),
        Guest(3, "F", seeks=frozenset({"money"})),
        Guest(4, "F", offers=frozenset({"money"})),
    ]
    [tables] = make_plan(people, seatings=1).seatings
    assert {table.people for table in tables} == {(1, 2), (3, 4)}


def test_an_odd_number_sits_at_one_table_of_three_never_the_same_people() -> None:
    plan = make_plan(guests("FBQCDSFBQCDSF"), seatings=4)
    threes = [table.people for tables in plan.seatings for table in tables if len(table.people) == 3]
    assert len(threes) == 4
    assert len({person for people in threes for person in people}) == 12


def test_people_kept_apart_never_meet_and_people_kept_together_do() -> None:
    rules = Rules(apart=frozenset({(0, 1), (0, 2)}), together=frozenset({(0, 3)}))
    plan = make_plan(guests("FBFB"), seatings=2, rules=rules)
    met = set(meetings(plan))
    assert (0, 3) in met
    assert not {(0, 1), (0, 2)} & met


def test_whom_nobody_may_sit_with_has_no_table() -> None:
    rules = Rules(apart=frozenset({(0, 1), (0, 2)}))
    plan = make_plan(guests("FBQ"), seatings=1, rules=rules)
    assert [sorted(table.people) for table in plan.seatings[0]] == [[1, 2]]


def test_seven_people_of_one_group_sit_all_the_same_and_the_plan_says_which_rules_give_way() -> None:
    plan = make_plan(guests("FFFBBQQ", group_size=7), seatings=4)
    assert all(seated(tables) == list(range(7)) for tables in plan.seatings)
    assert {rule for tables in plan.seatings for table in tables for rule in table.broken} >= {"group"}


def test_people_without_a_common_language_sit_together_only_if_nothing_else_is_possible() -> None:
    french, german, both = frozenset({"fr"}), frozenset({"de"}), frozenset({"fr", "de"})
    people = [Guest(1, "F", languages=french), Guest(2, "D", languages=german), Guest(3, "F", languages=both)]
    people.append(Guest(4, "D", languages=french))
    plan = make_plan(people, seatings=1)
    assert {table.people for table in plan.seatings[0]} == {(1, 4), (2, 3)}
    [alone] = make_plan(people[:2], seatings=1).seatings[0]
    assert alone.broken == {"language"}


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_few_people_are_seated_too(count: int) -> None:
    plan = make_plan(guests("FBQCDSFB"[:count]), seatings=2)
    assert [seated(tables) for tables in plan.seatings] == [list(range(count))] * 2


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_is_seated_where_nobody_else_is(count: int) -> None:
    plan = make_plan(guests("F" * count), seatings=2)
    assert [seated(tables) for tables in plan.seatings] == [[], []]


# --- on the day


def test_who_does_not_come_leaves_somebody_who_joins_a_pair() -> None:
    people = guests("FBQC")
    mended = repair(people[1:], [Table((0, 1)), Table((2, 3))], rules=Rules())
    assert [table.people for table in mended.tables] == [(), (2, 3, 1)]
    assert mended.told == {1}


def test_a_person_of_a_three_comes_to_whoever_sits_alone() -> None:
    people = guests("FBQCD")
    mended = repair(people[1:], [Table((0, 1)), Table((2, 3, 4))], rules=Rules())
    assert sorted(len(table.people) for table in mended.tables) == [2, 2]
    assert len(mended.told) == 2


def test_who_comes_late_sits_down_and_at_most_one_person_moves() -> None:
    people = guests("FBQCDS")
    pairs = [Table((0, 1)), Table((2, 3))]
    mended = repair(people[:5], pairs, rules=Rules())
    assert seated(mended.tables) == [0, 1, 2, 3, 4]
    assert mended.told == {4}
    again = repair(people, mended.tables, rules=Rules())
    assert seated(again.tables) == [0, 1, 2, 3, 4, 5]
    assert len(again.told - {5}) == 1


def test_two_who_lost_their_partners_sit_together() -> None:
    people = guests("FBQC")
    mended = repair([people[1], people[3]], [Table((0, 1)), Table((2, 3))], rules=Rules())
    assert seated(mended.tables) == [1, 3]
    assert max(len(table.people) for table in mended.tables) == 2


def test_over_many_days_everybody_who_is_there_has_a_seat_and_few_are_told() -> None:
    chance = random.Random(5)
    for _day in range(30):
        people = guests("".join(chance.choices("FFFBQCD", k=chance.randint(6, 40))))
        tables: Sequence[Table] = make_plan(people, seatings=1, seed=chance.randrange(99)).seatings[0]
        there = list(people)
        for _change in range(6):
            away = [guest for guest in people if guest not in there]
            one = chance.choice(away) if away and chance.random() < 0.5 else chance.choice(there)
            there = [guest for guest in there if guest != one] if one in there else [*there, one]
            mended = repair(there, tables, rules=Rules())
            assert seated(mended.tables) == sorted(guest.id for guest in there)
            assert len(mended.told - {one.id}) <= 2
            tables = mended.tables


def test_groups_are_formed_in_a_process_that_planned_encounters() -> None:
    script = """
import numpy as np
from handlers.encounters.solver.bounding import bound_of
from handlers.groups.solver.forming import form
from handlers.groups.solver.model import GroupProblem, Pin, Placeable
assert bound_of([0, 0, 1, 1], gains=[1, 2], needs=np.zeros((4, 4), int), seatings=2, threes=0) > 0
people = tuple(Placeable(str(each)) for each in range(12))
assert form(GroupProblem("t", people, constraints=(Pin("1", 2),))).number_of["1"] == 2
"""
    subprocess.run([sys.executable, "-c", script], check=True)
