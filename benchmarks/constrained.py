"""Groups under organisers' rules: pairs and pins, contradictions, repair, rounds. Run by benchmarks.groups."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from benchmarks.groups import gathering, problems, spread
from handlers.groups.solver.forming import form
from handlers.groups.solver.levels import violations
from handlers.groups.solver.model import (
    Apart,
    Constraint,
    Contradiction,
    GroupPlan,
    GroupProblem,
    Level,
    Pin,
    Placeable,
    Together,
    band_of,
)
from handlers.groups.solver.rounds import plan_rounds
from handlers.groups.solver.sizes import choose_count

_ROUNDS_SEEDS = 10
_ROUNDS_SECONDS = 30.0


def run(seeds: int) -> None:
    """Print every figure about groups under rules, from at most `seeds` random gatherings for each."""
    form(_whole(100, 0))  # imports are not what is timed here
    few = min(seeds, 30)
    _pairs_and_pins("100 people in one", lambda seed: [_ruled([_whole(100, seed)], 3, 3, 2, seed)], few, 2)
    _pairs_and_pins("100 people, three themes", lambda seed: [_ruled(_themes(seed), 3, 3, 2, seed)], few, 2)
    _pairs_and_pins("300 people in one", lambda seed: [_ruled([_whole(300, seed)], 9, 9, 6, seed)], min(seeds, 8), 8)
    _contradictions(few)
    _repairs(few)
    for rounds in (2, 3, 4):
        _rounds(rounds, min(seeds, _ROUNDS_SEEDS))


def _whole(people: int, seed: int) -> GroupProblem:
    rows = gathering(people, seed)
    some = (
        Placeable(each, country, gender, band_of(born, 2026), there)
        for each, _, country, gender, born, _, there in rows
    )
    return GroupProblem("all", tuple(some), seed=seed)


def _themes(seed: int, people: int = 100) -> list[GroupProblem]:
    return problems(gathering(people, seed), seed)


def _ruled(asked: list[GroupProblem], together: int, apart: int, pins: int, seed: int) -> list[GroupProblem]:
    """So many rules in all, dealt to the themes in turn; nobody is named twice."""
    dice = random.Random(seed)
    ids = [[person.id for person in problem.people] for problem in asked]
    for id_ in ids:
        dice.shuffle(id_)
    rules: list[list[Constraint]] = [[] for _ in asked]
    for index in range(together + apart + pins):
        theme = index % len(asked)
        take = ids[theme].pop
        if index < together:
            rules[theme].append(Together(take(), take()))
        elif index < together + apart:
            rules[theme].append(Apart(take(), take()))
        else:
            count = choose_count(len(asked[theme].people), asked[theme].limits)
            rules[theme].append(Pin(take(), dice.randint(1, count)))
    return [replace(problem, constraints=tuple(some)) for problem, some in zip(asked, rules, strict=True)]


def _timed(asked: list[GroupProblem]) -> tuple[list[GroupPlan], float]:
    started = time.perf_counter()
    plans = [form(problem) for problem in asked]
    return plans, time.perf_counter() - started


def _broken(asked: list[GroupProblem], plans: list[GroupPlan]) -> int:
    return sum(len(violations(problem, plan.groups)) for problem, plan in zip(asked, plans, strict=True))


def _pairs_and_pins(what: str, make: Callable[[int], list[list[GroupProblem]]], seeds: int, limit: float) -> None:
    proven, broken, times = 0, 0, []
    for seed in range(seeds):
        for asked in make(seed):
            plans, seconds = _timed(asked)
            times.append(seconds)
            proven += all(plan.optimal for plan in plans)
            broken += _broken(asked, plans)
    print(f"{what}, pairs and pins: all proven in {proven} of {seeds}; {broken} rules broken")
    print(f"  {spread(times)} (≤ {limit:g})")


def _contradictions(seeds: int) -> None:
    """Among harmless rules: a chain of together that ends apart, too many apart from one another, too many together."""
    times, right = [], 0
    for seed in range(seeds):
        problem = _ruled([_whole(100, seed)], 5, 5, 5, seed)[0]
        count = choose_count(100, problem.limits)
        ids = [person.id for person in problem.people]
        random.Random(seed).shuffle(ids)
        clique = tuple(Apart(a, b) for at, a in enumerate(ids[: count + 1]) for b in ids[at + 1 : count + 1])
        chain = tuple(Together(a, b) for a, b in pairwise(ids[30:38]))
        ends: tuple[Constraint, ...] = (*chain[:4], Apart(ids[30], ids[34]))
        conflicts: tuple[tuple[Constraint, ...], ...] = (chain, ends, clique)
        conflict = conflicts[seed % 3]
        asked = replace(problem, constraints=(*problem.constraints, *conflict))
        started = time.perf_counter()
        try:
            form(asked)
        except Contradiction as contradiction:
            right += len(contradiction.conflict) <= len(conflict)
        times.append(time.perf_counter() - started)
    print(f"100 people, contradictory rules: named, no more than needed, in {right} of {seeds}")
    print(f"  {spread(times)} (≤ 1)")


def _repairs(seeds: int) -> None:
    at_bound, proven, broken, times = 0, 0, 0, []
    for seed in range(seeds):
        before = _themes(seed)
        asked = _after(before, [form(problem) for problem in before], seed)
        plans, seconds = _timed(asked)
        times.append(seconds)
        at_bound += all(plan.measures[0].value == plan.measures[0].bound for plan in plans)
        proven += all(plan.optimal for plan in plans)
        broken += _broken(asked, plans)
    print(
        f"100 people, 8 no-shows and 5 late: moves at the bound in {at_bound} of {seeds},"
        f" all proven in {proven}; {broken} rules broken"
    )
    print(f"  {spread(times)} (≤ 1)")


def _after(before: list[GroupProblem], plans: list[GroupPlan], seed: int) -> list[GroupProblem]:
    """The same themes without eight people, with five others."""
    dice = random.Random(seed)
    gone = set(dice.sample([person.id for problem in before for person in problem.people], 8))
    late = [replace(person, id=f"late{person.id}") for person in dice.sample(_whole(100, seed + 1).people, 5)]
    chosen = [dice.randrange(len(before)) for _ in late]
    return [
        replace(
            problem,
            people=(
                *(person for person in problem.people if person.id not in gone),
                *(person for person, theme in zip(late, chosen, strict=True) if theme == index),
            ),
            previous=plan.number_of,
        )
        for index, (problem, plan) in enumerate(zip(before, plans, strict=True))
    ]


def _rounds(rounds: int, seeds: int) -> None:
    for what, make in (("three themes", _themes), ("in one", lambda seed: [_whole(100, seed)])):
        met, themes, met_themes, perfect, broken, lower, times = 0, 0, 0, 0, 0, 0, []
        for seed in range(seeds):
            asked = [replace(problem, time_limit=_ROUNDS_SECONDS / len(make(seed))) for problem in make(seed)]
            started = time.perf_counter()
            planned = [plan_rounds(problem, rounds) for problem in asked]
            times.append(time.perf_counter() - started)
            last = [plans[-1] for plans in planned]
            again = [next(measure for measure in plan.measures if measure.level is Level.MET_AGAIN) for plan in last]
            met += all(each.value == each.bound for each in again)
            themes += len(again)
            met_themes += sum(each.value == each.bound for each in again)
            lower += sum(each.value != each.bound and each.optimal for each in again)
            perfect += all(measure.value == measure.bound for plan in last for measure in plan.measures)
            broken += sum(_broken(asked, list(plans)) for plans in zip(*planned, strict=True))
        print(
            f"100 people, {what}, round {rounds}: met again at its bound in {met} of {seeds}"
            f" ({met_themes} of {themes} themes, {lower} others proven best), every level in {perfect};"
            f" {broken} rules broken"
        )
        print(f"  {spread(times)} for {rounds} rounds (second ≤ 0.5, third ≤ 30)")
