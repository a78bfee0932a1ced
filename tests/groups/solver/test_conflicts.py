"""Constraints that cannot hold together are named, as few as show it."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.groups.solver.conflicts import find_placement, smallest_conflict
from handlers.groups.solver.frame import frame_of
from handlers.groups.solver.linear import Rows
from handlers.groups.solver.model import Apart, Constraint, GroupProblem, Limits, Lock, Pin, Placeable, Together

PEOPLE = tuple(Placeable(f"p{index:02}") for index in range(33))
A, B, C, D, E, F, G, H = (person.id for person in PEOPLE[:8])
CLIQUE = tuple(Apart(*pair) for pair in combinations((A, B, C, D, E, F, G), 2))
CHAIN = (Together(A, B), Together(B, C), Together(C, D), Together(D, E), Together(E, F), Together(F, G), Together(G, H))
AMPLE = 60.0
"""Seconds of patience that a busy machine does not use up, so that what is found does not depend on it."""
HARMLESS = (Together("p20", "p21"), Apart("p22", "p23"), Pin("p24", 2), Apart("p25", "p26"), Pin("p27", 3))


@pytest.mark.parametrize(
    ("rules", "conflict"),
    [
        ((Pin(A, 7),), (Pin(A, 7),)),
        ((Pin(A, 1), Pin(A, 2)), (Pin(A, 1), Pin(A, 2))),
        ((Together(A, B), Apart(B, A)), (Together(A, B), Apart(B, A))),
        ((Together(A, B), Together(B, C), Apart(A, C)), (Together(A, B), Together(B, C), Apart(A, C))),
        ((Pin(A, 1), Pin(B, 2), Together(A, B)), (Pin(A, 1), Pin(B, 2), Together(A, B))),
        ((Pin(A, 1), Pin(B, 1), Apart(A, B)), (Pin(A, 1), Pin(B, 1), Apart(A, B))),
        ((Lock(1, (A, B, C, D)),), (Lock(1, (A, B, C, D)),)),
        ((Lock(1, (A, B, C, D, E)), Pin(A, 2)), (Lock(1, (A, B, C, D, E)), Pin(A, 2))),
        ((Lock(1, (A, B, C, D, E)), Pin(H, 1)), (Lock(1, (A, B, C, D, E)), Pin(H, 1))),
        (CHAIN, CHAIN),
        (CLIQUE, CLIQUE),
    ],
)
def test_the_smallest_set_is_named(rules: tuple[Constraint, ...], conflict: tuple[Constraint, ...]) -> None:
    problem = GroupProblem("Culture", PEOPLE, constraints=(*HARMLESS[:2], *rules, *HARMLESS[2:]))
    assert smallest_conflict(problem, 6, patience=AMPLE) == conflict


def test_the_smaller_of_two_conflicts_is_named() -> None:
    people = tuple(Placeable(f"p{index:02}") for index in range(100))
    short = (Together("p50", "p51"), Together("p51", "p52"), Apart("p50", "p52"))
    problem = GroupProblem("Culture", people, constraints=(*CHAIN, *HARMLESS, *short))
    assert smallest_conflict(problem, 17, patience=AMPLE) == short


def test_out_of_patience_none_of_what_is_named_can_be_left_out() -> None:
    """Two conflicts, the longer one named first: without time to compare, one of them, and only it."""
    problem = GroupProblem("Culture", PEOPLE, constraints=(*CHAIN, Pin(A, 1), Lock(2, (A, B, C, D, E)), *HARMLESS))
    conflict = smallest_conflict(problem, 6, patience=0)
    assert conflict
    for rule in conflict:
        rest = tuple(other for other in conflict if other != rule)
        assert smallest_conflict(GroupProblem("Culture", PEOPLE, constraints=rest), 6, patience=AMPLE) == ()


def test_rules_that_can_hold_are_no_conflict() -> None:
    wrong = Apart("p21", "p20")
    problems = [GroupProblem("Culture", PEOPLE, constraints=rules) for rules in (HARMLESS, (*HARMLESS, wrong))]
    conflicts = [smallest_conflict(problem, 6, patience=AMPLE) for problem in problems]
    assert conflicts == [(), (HARMLESS[0], wrong)]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from((Together, Apart)), st.sampled_from(list(combinations("abcdef", 2)))).map(
                lambda drawn: drawn[0](*drawn[1])
            ),
            st.builds(Pin, st.sampled_from("abcdef"), st.integers(1, 3)),
        ),
        min_size=3,
        max_size=9,
        unique=True,
    )
)
def test_no_smaller_set_conflicts(rules: list[Constraint]) -> None:
    problem = GroupProblem("Culture", tuple(map(Placeable, "abcdef")), Limits(2, 3, 2), constraints=tuple(rules))

    def holds(some: tuple[Constraint, ...]) -> bool:
        part = GroupProblem("Culture", problem.people, problem.limits, constraints=some)
        return find_placement(frame_of(part, (1, 2, 3)), seconds=AMPLE) is not None

    conflict = smallest_conflict(problem, 3, patience=AMPLE)
    assert bool(conflict) is not holds(tuple(rules))
    if conflict:
        assert not holds(conflict)
        assert all(holds(some) for some in combinations(rules, len(conflict) - 1))


def test_what_the_library_refuses_is_a_defect_and_not_a_lack_of_time() -> None:
    rows = Rows()
    rows.row(1, 2, [(rows.column(0, 5, integer=True, cost=1.0), 1.0)])
    rows.load(maximise=False, seed=0, seconds=1).solve()
    solver = rows.load(maximise=False, seed=0, seconds=1)
    solver.setOptionValue("threads", 7)  # all models of a process are solved by as many as the first
    with pytest.raises(RuntimeError):
        solver.solve()
