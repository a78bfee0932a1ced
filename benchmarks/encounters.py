"""Measures how good the seats of encounters are, how long finding them takes, and repairing them on the day.

    python -m benchmarks encounters [--mixes 200] [--days 500]

plans: 100 and 1,000 people of the rehearsal's mix, and 98 of one territory among 100: seconds, the distance to the
bound, who meets how many territories, and how often a rule is broken. mixes: the same for random gatherings.
days: people who do not come, come late or leave, each repaired alone: seconds, and how many others are told.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from benchmarks.report import options
from bot.rehearsal.people import invent
from handlers.encounters.solver.model import Guest, Rules, Table
from handlers.encounters.solver.pairing import SeatingPlan, make_plan
from handlers.encounters.solver.repairing import repair

_SEATINGS = 4
_CHIPS = ("place", "money", "volunteers", "partners", "advice", "members", "tools", "media", "training", "space")
_LIMITS = {100: 0.5, 1_000: 3.0}  # seconds
_REPAIRED, _TOLD = 1.0, 2


def people(territories: Sequence[str], dice: random.Random) -> list[Guest]:
    """Return guests in groups of six, who speak French and perhaps more, and look for and bring up to three things."""
    others = ((), ("en",), ("en",), ("de",))
    return [
        Guest(
            number,
            territory,
            group=number // 6,
            languages=frozenset(("fr", *dice.choice(others))),
            seeks=frozenset(dice.sample(_CHIPS, dice.randrange(4))),
            offers=frozenset(dice.sample(_CHIPS, dice.randrange(4))),
        )
        for number, territory in enumerate(territories)
    ]


def mix(count: int, seed: int) -> list[Guest]:
    """Return guests from the territories of the people in a rehearsal."""
    territories = [each.person.territory for each in invent(count, seed, wishes={"culture": 1})]
    return people(territories, random.Random(seed))


def random_mix(seed: int) -> list[Guest]:
    """Return 20 to 140 guests from 2 to 12 territories, of which some are much larger than others."""
    dice = random.Random(seed)
    known = [f"T{number}" for number in range(dice.randint(2, 12))]
    shares = [dice.random() ** 3 + 0.02 for _territory in known]
    return people(dice.choices(known, shares, k=dice.randint(20, 140)), dice)


def territories_met(plan: SeatingPlan, guests: Sequence[Guest]) -> Counter[int]:
    """Return how many guests meet 0, 1, 2 … territories other than their own."""
    home = {guest.id: guest.territory for guest in guests}
    met: dict[int, set[str]] = {guest.id: set() for guest in guests}
    for tables in plan.seatings:
        for table in tables:
            for one, other in combinations(table.people, 2):
                met[one].add(home[other])
                met[other].add(home[one])
    return Counter(len(found - {home[person]}) for person, found in met.items())


def measure(name: str, guests: Sequence[Guest]) -> tuple[SeatingPlan, float]:
    """Make a plan and print what it is like; returns the plan, and the seconds that it took."""
    began = time.perf_counter()
    plan = make_plan(guests, seatings=_SEATINGS)
    took = time.perf_counter() - began
    met = territories_met(plan, guests)
    away = "at the bound" if plan.score == plan.bound else f"{1 - plan.score / plan.bound:.1%} below the bound"
    print(
        f"{name:28} {took:5.2f} s  {away:22} rules broken {plan.broken}  territories met: "
        + ", ".join(f"{number} by {met[number]}" for number in sorted(met))
    )
    return plan, took


def run_plans() -> None:
    """Print plans for the mixes that the gathering expects, and how long the two sizes may take."""
    for count, limit in _LIMITS.items():
        measure(f"{count} people (at most {limit} s)", mix(count, 8))
    one = people(["FR"] * 98 + ["BE", "SN"], random.Random(1))
    measure("98 of one territory", one)


def run_mixes(mixes: int) -> None:
    """Print how often rules are broken in random gatherings, and how far their plans are from the bound."""
    plans = [(make_plan(guests, seatings=_SEATINGS), guests) for guests in map(random_mix, range(mixes))]
    seated = sum(len(table.people) for plan, _guests in plans for tables in plan.seatings for table in tables)
    unseated = _SEATINGS * sum(len(guests) for _plan, guests in plans) - seated
    kept = sum(not plan.broken for plan, _guests in plans)
    best = sum(plan.score == plan.bound for plan, _guests in plans)
    away = sorted(1 - plan.score / plan.bound for plan, _guests in plans)
    print(
        f"{mixes} random mixes: {kept} break no rule, {unseated} people without a seat, {best} proven best;"
        f" below the bound: median {away[len(away) // 2]:.1%}, most {away[-1]:.1%}"
    )


def run_days(days: int) -> None:
    """Print how long repairs take on random days, and how many other people are told at most."""
    slowest, most, repairs = 0.0, 0, 0
    for day in range(days):
        dice = random.Random(day)
        guests = random_mix(day)
        tables: Sequence[Table] = make_plan(guests, seatings=1).seatings[0]
        there = list(guests)
        for _change in range(8):
            away = [guest for guest in guests if guest not in there]
            one = dice.choice(away) if away and dice.random() < 0.5 else dice.choice(there)
            there = [guest for guest in there if guest != one] if one in there else [*there, one]
            began = time.perf_counter()
            mended = repair(there, tables, rules=Rules())
            slowest = max(slowest, time.perf_counter() - began)
            most = max(most, len(mended.told - {one.id}))
            repairs += 1
            tables = mended.tables
    print(
        f"{days} days, {repairs} repairs: slowest {slowest:.3f} s (at most {_REPAIRED}), others told: {most}"
        f" (at most {_TOLD})"
    )


def main() -> None:
    """Run all parts."""
    said = options(__doc__, mixes=200, days=500)
    run_plans()
    run_mixes(said.mixes)
    run_days(said.days)


if __name__ == "__main__":
    main()
