"""Constraints that cannot hold together: found, and as few of them as show it.

Only who is named by a constraint matters here; all others fill the groups up.
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

_PATIENCE = 0.5


def settle(frame: Frame, *, seconds: float, seed: int = 0) -> Ints | None:
    """Places (U,) that obey all rules, those bound by none wherever there is room; None where there are none.

    Who had a group before stays in it where that costs nothing. TimeoutError when neither is found in time.
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
        rows.row(1, 1, [(int(each), 1.0) for each in at[row] if each >= 0])
    fill = [rows.column(0, 0 if closed else len(free)) for closed in frame.locked.tolist()]
    rows.row(len(free), len(free), [(each, 1.0) for each in fill])
    for group in range(k):
        inside = [(int(at[row, group]), float(frame.weight[unit])) for row, unit in enumerate(named.tolist())]
        terms = [(fill[group], 1.0), *((each, value) for each, value in inside if each >= 0)]
        rows.row(float(frame.smallest[group]), float(frame.largest[group]), terms)
    row_of = {unit: row for row, unit in enumerate(named.tolist())}
    for clique in cliques_of(frame.apart):
        for group in range(k):
            columns = [int(at[row_of[unit], group]) for unit in clique]
            rows.row(-math.inf, 1, [(column, 1.0) for column in columns if column >= 0])
    solver = rows.load(maximise=False, seed=seed, seconds=seconds)
    solver.run()
    if solver.getModelStatus() == INFEASIBLE:
        return None
    if solver.getInfo().primal_solution_status != FEASIBLE:
        raise TimeoutError
    values = np.array(solver.getSolution().col_value)
    where = np.full(len(frame.units), -1, dtype=np.int64)
    for row, unit in enumerate(named.tolist()):
        chances = [values[each] if each >= 0 else -1.0 for each in at[row].tolist()]
        where[unit] = int(np.argmax(chances))
    _fill(frame, where, free)
    return where


def _fill(frame: Frame, where: Ints, free: Ints) -> None:
    """Place who is bound by no rule: where they were, then where people lack, then where fewest are."""
    open_to_all = np.flatnonzero(~frame.locked)
    placed = np.flatnonzero(where >= 0)
    size = np.bincount(where[placed], frame.weight[placed], minlength=frame.count).astype(np.int64)
    for unit in free.tolist():
        home = int(np.argmin(frame.moved[unit]))
        if frame.moved[unit].any() and not frame.locked[home] and size[home] < frame.largest[home]:
            where[unit] = home
            size[home] += 1
    for unit in free.tolist():
        if where[unit] < 0:
            room = open_to_all[size[open_to_all] < frame.largest[open_to_all]]
            goal = int(room[np.lexsort((size[room], -np.maximum(frame.smallest - size, 0)[room]))[0]])
            where[unit] = goal
            size[goal] += 1
    for group in np.flatnonzero(size < frame.smallest).tolist():
        while size[group] < frame.smallest[group]:
            giver = next(unit for unit in free.tolist() if size[where[unit]] > frame.smallest[where[unit]])
            size[where[giver]] -= 1
            size[group] += 1
            where[giver] = group


def smallest_conflict(
    problem: GroupProblem, count: int, *, numbers: tuple[int, ...] | None = None, patience: float = _PATIENCE
) -> tuple[Constraint, ...]:
    """A smallest set of the problem's constraints that cannot hold in `count` groups; () where all can.

    The smallest there is when that is found within `patience` seconds, else one from which none can be left out.
    """
    numbers = tuple(range(1, count + 1)) if numbers is None else numbers
    here = {person.id for person in problem.people}
    rules = tuple(rule for rule in dict.fromkeys(problem.constraints) if _concerns(rule, here))
    until = time.monotonic() + patience
    known: dict[Chosen, bool] = {}

    def holds(chosen: Chosen) -> bool:
        if chosen not in known:
            try:
                known[chosen] = settle(_part(problem, rules, chosen, numbers), seconds=patience) is not None
            except TimeoutError:
                known[chosen] = True
        return known[chosen]

    everything = frozenset(range(len(rules)))
    if holds(everything):
        return ()
    for each in range(len(rules)):
        if isinstance(rules[each], Pin | Lock) and not holds(frozenset((each,))):
            return (rules[each],)
    best = plain_conflict(rules, count, problem.limits.largest)
    corrections: list[Chosen] = []  # every conflict has one of each
    while time.monotonic() < until:
        chosen = _hitting(corrections, len(rules), seconds=patience)
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
        best = _explained(frozenset(), frozenset(), sorted(everything), holds)
    return tuple(rules[each] for each in sorted(best))


def _concerns(rule: Constraint, here: set[str]) -> bool:
    """Whether all whom a rule is about are here; a locked group is there even when nobody of it is."""
    match rule:
        case Pin(person, _):
            return person in here
        case Lock():
            return True
        case _:
            return {rule.first, rule.second} <= here


def _part(problem: GroupProblem, rules: Sequence[Constraint], chosen: Chosen, numbers: tuple[int, ...]) -> Frame:
    """The problem with some of its rules, and nothing that does not matter for whether they hold."""
    nameless = tuple(Placeable(person.id) for person in problem.people)
    some = tuple(rules[each] for each in sorted(chosen))
    return frame_of(replace(problem, people=nameless, constraints=some, previous=None, history=()), numbers)


def _grow(chosen: Chosen, more: list[int], holds: Callable[[Chosen], bool], until: float) -> Chosen:
    """As many of `more` added as still hold together; out of time, all."""
    if not more or time.monotonic() > until or holds(chosen | set(more)):
        return chosen | set(more)
    if len(more) == 1:
        return chosen
    half = len(more) // 2
    return _grow(_grow(chosen, more[:half], holds, until), more[half:], holds, until)


def _explained(base: Chosen, added: Chosen, some: list[int], holds: Callable[[Chosen], bool]) -> Chosen:
    """Of `some`, rules that conflict with `base` and of which none can be left out, by halves (QuickXplain).

    `added` is what joined `base` last: without it there is nothing new to ask.
    """
    if added and not holds(base):
        return frozenset()
    if len(some) == 1:
        return frozenset(some)
    left, right = frozenset(some[: len(some) // 2]), frozenset(some[len(some) // 2 :])
    second = _explained(base | left, left, sorted(right), holds)
    first = _explained(base | second, second, sorted(left), holds)
    return first | second


def _hitting(sets: Sequence[Chosen], rules: int, *, seconds: float) -> Chosen:
    """A smallest choice of rules with at least one of each set."""
    if not sets:
        return frozenset()
    rows = Rows()
    for _ in range(rules):
        rows.column(0, 1, integer=True, cost=1.0)
    for set_ in sets:
        rows.row(1, math.inf, [(rule, 1.0) for rule in sorted(set_)])
    solver = rows.load(maximise=False, seed=0, seconds=seconds)
    solver.run()
    return frozenset(np.flatnonzero(np.array(solver.getSolution().col_value) > 0.5).tolist())


# --- Contradictions that can be seen without a solver: chains of «together», pins against them, crowds.


Chosen = frozenset[int]
"""Rules by their position."""


def plain_conflict(rules: Sequence[Constraint], count: int, largest: int) -> Chosen | None:
    """The smallest conflict seen at a glance; there may be smaller ones that are not."""
    return min(_seen(rules, count, largest), key=lambda each: (len(each), sorted(each)), default=None)


def _seen(rules: Sequence[Constraint], count: int, largest: int) -> Iterator[Chosen]:
    bonds: dict[str, list[tuple[str, int]]] = {}
    pins: dict[str, list[tuple[int, int]]] = {}
    for at, rule in enumerate(rules):
        if isinstance(rule, Together):
            bonds.setdefault(rule.first, []).append((rule.second, at))
            bonds.setdefault(rule.second, []).append((rule.first, at))
        elif isinstance(rule, Pin):
            pins.setdefault(rule.person, []).append((rule.number, at))
            if not rule.number > 0:
                yield frozenset((at,))
    ways = {each: _ways(bonds, each) for each in {*bonds, *pins}}
    for each, reached in ways.items():
        if len(reached) > largest:
            near = sorted(reached.values(), key=len)[: largest + 1]
            yield frozenset().union(*near)
        for other, way in reached.items():
            for number, at in pins.get(each, ()):
                yield from (way | {at, beside} for there, beside in pins.get(other, ()) if there != number)
    for at, rule in enumerate(rules):
        if isinstance(rule, Apart):
            first = ways.get(rule.first, {rule.first: frozenset()})
            second = ways.get(rule.second, {rule.second: frozenset()})
            if rule.second in first:
                yield first[rule.second] | {at}
            yield from _pinned_alike(first, second, pins, at)
    yield from _crowds(rules, count)


def _ways(bonds: dict[str, list[tuple[str, int]]], start: str) -> dict[str, Chosen]:
    """Everyone bound to someone, with the fewest rules that bind them."""
    ways: dict[str, Chosen] = {start: frozenset()}
    queue = deque([start])
    while queue:
        each = queue.popleft()
        for other, at in bonds.get(each, ()):
            if other not in ways:
                ways[other] = ways[each] | {at}
                queue.append(other)
    return ways


def _pinned_alike(
    first: dict[str, Chosen], second: dict[str, Chosen], pins: dict[str, list[tuple[int, int]]], apart: int
) -> Iterator[Chosen]:
    """Two who are to be apart, each bound to somebody pinned to the same group."""
    for one, way in first.items():
        for number, at in pins.get(one, ()):
            for other, back in second.items():
                yield from (
                    way | back | {at, beside, apart} for there, beside in pins.get(other, ()) if there == number
                )


def _crowds(rules: Sequence[Constraint], count: int) -> Iterator[Chosen]:
    """More people all apart from one another than there are groups."""
    between: dict[str, dict[str, int]] = {}
    for at, rule in enumerate(rules):
        if isinstance(rule, Apart):
            between.setdefault(rule.first, {})[rule.second] = at
            between.setdefault(rule.second, {})[rule.first] = at
    for start in between:
        crowd = [start]
        for other in sorted(between[start], key=lambda each: -len(between[each])):
            if len(crowd) <= count and all(other in between[each] for each in crowd):
                crowd.append(other)
        if len(crowd) > count:
            yield frozenset(between[a][b] for at, a in enumerate(crowd) for b in crowd[at + 1 :])
