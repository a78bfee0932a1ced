"""Contradictions that can be seen without a solver: chains of «together», pins against them, crowds."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from handlers.groups.solver.model import Apart, Constraint, Pin, Together

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
