"""Finds groups that obey all constraints or, if there are none, a smallest set of constraints that exclude each other.

A unit is a set of people who must be in the same group. Only people whom a constraint names matter here; all others
fill the groups up.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from handlers.groups.solver.frame import Frame, Ints, cliques_of, frame_of
from handlers.groups.solver.linear import FEASIBLE, INFEASIBLE, Rows
from handlers.groups.solver.model import Apart, Constraint, GroupProblem, Lock, Pin, Placeable, Together

_PATIENCE = 0.5  # seconds


def find_placement(frame: Frame, *, seconds: float, seed: int = 0) -> Ints | None:
    """Return groups that obey all rules, as an array (U,) with the group of each unit; None if that is impossible.

    A unit is a set of people who must be in the same group; U is the number of units. A unit that no rule names stays
    in its former group if possible, and otherwise goes where there is room. Raises TimeoutError if `seconds` are too
    short to find such groups or to prove that there are none.
    """
    k = frame.count
    if not frame.allowed.any(axis=1).all() or frame.apart.diagonal().any() or (frame.smallest > frame.largest).any():
        return None
    if not frame.smallest.sum() <= frame.people <= frame.largest.sum():
        return None
    bound = (frame.weight > 1) | frame.apart.any(axis=1) | ((~frame.allowed).sum(axis=1) > frame.locked.sum())
    named, free = np.flatnonzero(bound), np.flatnonzero(~bound)
    rows = Rows()
    at = np.full((len(named), k), -1, dtype=np.int64)
    for row, unit in enumerate(named.tolist()):
        for group in np.flatnonzero(frame.allowed[unit]).tolist():
            at[row, group] = rows.column(0, 1, integer=True, cost=float(frame.moved[unit, group]))
        rows.row(1, 1, [(int(column), 1.0) for column in at[row] if column >= 0])
    filling = [rows.column(0, 0 if closed else len(free)) for closed in frame.locked.tolist()]
    rows.row(len(free), len(free), [(column, 1.0) for column in filling])
    for group in range(k):
        inside = [(int(at[row, group]), float(frame.weight[unit])) for row, unit in enumerate(named.tolist())]
        terms = [(filling[group], 1.0), *((column, weight) for column, weight in inside if column >= 0)]
        rows.row(float(frame.smallest[group]), float(frame.largest[group]), terms)
    row_of = {unit: row for row, unit in enumerate(named.tolist())}
    for clique in cliques_of(frame.apart):
        for group in range(k):
            columns = [int(at[row_of[unit], group]) for unit in clique]
            rows.row(-math.inf, 1, [(column, 1.0) for column in columns if column >= 0])
    solver = rows.load(maximise=False, seed=seed, seconds=seconds)
    solver.solve()
    if solver.getModelStatus() == INFEASIBLE:
        return None
    if solver.getInfo().primal_solution_status != FEASIBLE:
        raise TimeoutError
    values = np.array(solver.getSolution().col_value)
    where = np.full(len(frame.units), -1, dtype=np.int64)
    for row, unit in enumerate(named.tolist()):
        values_of_unit = [values[column] if column >= 0 else -1.0 for column in at[row].tolist()]
        where[unit] = int(np.argmax(values_of_unit))
    _fill(frame, where, free)
    return where


def _fill(frame: Frame, where: Ints, free: Ints) -> None:
    """Place the units `free`, bound by no rule, in `where` (U,), which is -1 for units without a group.

    A unit goes to its former group, else to the group that lacks most people, else to the smallest.
    """
    open_to_all = np.flatnonzero(~frame.locked)
    placed = np.flatnonzero(where >= 0)
    size = np.bincount(where[placed], frame.weight[placed], minlength=frame.count).astype(np.int64)
    for unit in free.tolist():
        former = int(np.argmin(frame.moved[unit]))
        if frame.moved[unit].any() and not frame.locked[former] and size[former] < frame.largest[former]:
            where[unit] = former
            size[former] += 1
    for unit in free.tolist():
        if where[unit] < 0:
            room = open_to_all[size[open_to_all] < frame.largest[open_to_all]]
            target = int(room[np.lexsort((size[room], -np.maximum(frame.smallest - size, 0)[room]))[0]])
            where[unit] = target
            size[target] += 1
    for group in np.flatnonzero(size < frame.smallest).tolist():
        while size[group] < frame.smallest[group]:
            giver = next(unit for unit in free.tolist() if size[where[unit]] > frame.smallest[where[unit]])
            size[where[giver]] -= 1
            size[group] += 1
            where[giver] = group


def smallest_conflict(
    problem: GroupProblem, count: int, *, numbers: tuple[int, ...] | None = None, patience: float = _PATIENCE
) -> tuple[Constraint, ...]:
    """Return the smallest set of rules that cannot all be obeyed in `count` groups; () if all rules can be obeyed.

    If `patience` seconds are too short to find the smallest set, the result is a set from which no rule can be left
    out. `numbers` are the groups' numbers; None stands for 1 to `count`.
    """
    numbers = tuple(range(1, count + 1)) if numbers is None else numbers
    here = {person.id for person in problem.people}
    rules = tuple(rule for rule in dict.fromkeys(problem.constraints) if _concerns(rule, here))
    until = time.monotonic() + patience
    answers: dict[Chosen, bool] = {}

    def holds(chosen: Chosen) -> bool:
        if chosen not in answers:
            try:
                answers[chosen] = find_placement(_part(problem, rules, chosen, numbers), seconds=patience) is not None
            except TimeoutError:
                answers[chosen] = True
        return answers[chosen]

    everything = frozenset(range(len(rules)))
    if holds(everything):
        return ()
    for index in range(len(rules)):
        if isinstance(rules[index], Pin | Lock) and not holds(frozenset((index,))):
            return (rules[index],)
    best = plain_conflict(rules, count, problem.limits.largest)
    corrections: list[Chosen] = []  # every conflict contains a rule of each of these
    while time.monotonic() < until:
        chosen = _hitting_set(corrections, len(rules), seconds=patience)
        if best is not None and len(chosen) >= len(best):
            break
        if not holds(chosen):
            best = chosen
            break
        correction = everything - _grow(chosen, sorted(everything - chosen), holds, until)
        if not correction:
            break  # out of time
        corrections.append(correction)
    if best is None:
        best = _quick_explain(frozenset(), frozenset(), sorted(everything), holds)
    return tuple(rules[index] for index in sorted(best))


def _concerns(rule: Constraint, here: set[str]) -> bool:
    """Return whether everyone whom a rule names is in `here`, the ids of the problem's people.

    It is always True for a lock.
    """
    match rule:
        case Pin(person, _):
            return person in here
        case Lock():
            return True
        case _:
            return {rule.first, rule.second} <= here


def _part(problem: GroupProblem, rules: Sequence[Constraint], chosen: Chosen, numbers: tuple[int, ...]) -> Frame:
    """Return the problem as arrays with the chosen rules only.

    All that does not decide whether these rules can hold is left out.
    """
    nameless = tuple(Placeable(person.id) for person in problem.people)
    constraints = tuple(rules[index] for index in sorted(chosen))
    return frame_of(replace(problem, people=nameless, constraints=constraints, previous=None, history=()), numbers)


def _grow(chosen: Chosen, more: list[int], holds: Callable[[Chosen], bool], until: float) -> Chosen:
    """Return `chosen` with as many rules of `more` as can hold together; if time runs out, with all of them."""
    if not more or time.monotonic() > until or holds(chosen | set(more)):
        return chosen | set(more)
    if len(more) == 1:
        return chosen
    half = len(more) // 2
    return _grow(_grow(chosen, more[:half], holds, until), more[half:], holds, until)


def _quick_explain(base: Chosen, added: Chosen, some: list[int], holds: Callable[[Chosen], bool]) -> Chosen:
    """Return rules of `some` that conflict with `base`, none of which can be left out, by halving (QuickXplain).

    `added` holds what joined `base` last. If it is empty, `base` was tested before and is not tested again.
    """
    if added and not holds(base):
        return frozenset()
    if len(some) == 1:
        return frozenset(some)
    left, right = frozenset(some[: len(some) // 2]), frozenset(some[len(some) // 2 :])
    second = _quick_explain(base | left, left, sorted(right), holds)
    first = _quick_explain(base | second, second, sorted(left), holds)
    return first | second


def _hitting_set(sets: Sequence[Chosen], rules: int, *, seconds: float) -> Chosen:
    """Return a smallest set of rules that has at least one rule of each of `sets`; rules count from 0 to `rules`."""
    if not sets:
        return frozenset()
    rows = Rows()
    for _ in range(rules):
        rows.column(0, 1, integer=True, cost=1.0)
    for set_ in sets:
        rows.row(1, math.inf, [(rule, 1.0) for rule in sorted(set_)])
    solver = rows.load(maximise=False, seed=0, seconds=seconds)
    solver.solve()
    return frozenset(np.flatnonzero(np.array(solver.getSolution().col_value) > 0.5).tolist())


# --- Conflicts that are found without a solver: chains of «together», pins that oppose them, and crowds.


Chosen = frozenset[int]
"""A set of rules, each given by its index among all rules of the problem."""


def plain_conflict(rules: Sequence[Constraint], count: int, largest: int) -> Chosen | None:
    """Return the smallest set of rules excluding each other that simple checks find; None if they find none.

    `count` is the number of groups, `largest` the largest size allowed. Smaller sets may exist that these checks do not
    find.
    """
    conflicts = _plain_conflicts(rules, count, largest)
    return min(conflicts, key=lambda conflict: (len(conflict), sorted(conflict)), default=None)


def _plain_conflicts(rules: Sequence[Constraint], count: int, largest: int) -> Iterator[Chosen]:
    bonds: dict[str, list[tuple[str, int]]] = {}
    pins: dict[str, list[tuple[int, int]]] = {}
    for index, rule in enumerate(rules):
        if isinstance(rule, Together):
            bonds.setdefault(rule.first, []).append((rule.second, index))
            bonds.setdefault(rule.second, []).append((rule.first, index))
        elif isinstance(rule, Pin):
            pins.setdefault(rule.person, []).append((rule.number, index))
            if not rule.number > 0:
                yield frozenset((index,))
    chains = {person: _chains(bonds, person) for person in {*bonds, *pins}}
    for person, bound in chains.items():
        if len(bound) > largest:
            near = sorted(bound.values(), key=len)[: largest + 1]
            yield frozenset().union(*near)
        for other, chain in bound.items():
            for number, index in pins.get(person, ()):
                yield from (
                    chain | {index, other_index}
                    for other_number, other_index in pins.get(other, ())
                    if other_number != number
                )
    for index, rule in enumerate(rules):
        if isinstance(rule, Apart):
            first = chains.get(rule.first, {rule.first: frozenset()})
            second = chains.get(rule.second, {rule.second: frozenset()})
            if rule.second in first:
                yield first[rule.second] | {index}
            yield from _pinned_alike(first, second, pins, index)
    yield from _crowds(rules, count)


def _chains(bonds: dict[str, list[tuple[str, int]]], start: str) -> dict[str, Chosen]:
    """Return everyone who must be in the group of `start`, each with the fewest rules that cause this."""
    chains: dict[str, Chosen] = {start: frozenset()}
    queue = deque([start])
    while queue:
        person = queue.popleft()
        for other, index in bonds.get(person, ()):
            if other not in chains:
                chains[other] = chains[person] | {index}
                queue.append(other)
    return chains


def _pinned_alike(
    first: dict[str, Chosen], second: dict[str, Chosen], pins: dict[str, list[tuple[int, int]]], apart: int
) -> Iterator[Chosen]:
    """Yield conflicts in which two people who must be apart are each bound to somebody pinned to the same group."""
    for one, chain in first.items():
        for number, index in pins.get(one, ()):
            for other, other_chain in second.items():
                yield from (
                    chain | other_chain | {index, other_index, apart}
                    for other_number, other_index in pins.get(other, ())
                    if other_number == number
                )


def _crowds(rules: Sequence[Constraint], count: int) -> Iterator[Chosen]:
    """Yield conflicts in which more people must be apart from one another than there are groups."""
    between: dict[str, dict[str, int]] = {}
    for index, rule in enumerate(rules):
        if isinstance(rule, Apart):
            between.setdefault(rule.first, {})[rule.second] = index
            between.setdefault(rule.second, {})[rule.first] = index
    for start in between:
        crowd = [start]
        for other in sorted(between[start], key=lambda person: -len(between[person])):
            if len(crowd) <= count and all(other in between[person] for person in crowd):
                crowd.append(other)
        if len(crowd) > count:
            yield frozenset(between[a][b] for index, a in enumerate(crowd) for b in crowd[index + 1 :])
