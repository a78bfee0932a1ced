"""Measures how good formed groups are, and how long forming takes.

    python -m benchmarks groups [--seeds 200] [--sizes 1000,10000,100000] [--only seeds,shell,growth]

seeds: a hundred people by the gathering's quotas in three themes, each level at its bound, seconds a gathering.
shell: the whole command `rencontres groups form`, in a process of its own: seconds and its largest memory.
growth: seconds in the solver by number of people, compared with n log n.
"""

from __future__ import annotations

import csv
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import arguments, percentile
from handlers.groups.solver.forming import form
from handlers.groups.solver.levels import violations
from handlers.groups.solver.model import GroupPlan, GroupProblem, Placeable, band_of

_YEAR = 2026
_THEMES = ("culture", "school", "civic")
_PARTS = ("seeds", "shell", "growth")
_LIMITS = {100: 0.8, 1_000: 1.0, 10_000: 2.0, 100_000: 6.0}  # seconds for the whole command
_MEGABYTES = 300
_QUOTAS = (
    ("FR",) * 50
    + ("BE",) * 15
    + ("CA-QC",) * 15
    + ("CH",) * 5
    + ("DE",) * 5
    + ("SN", "CI", "MA", "TN", "LU", "CD", "CM", "HT", "LB", "MG")
)

Row = tuple[str, str, str, str, int, str, str]
"""A row of the list of people: id, name, country, gender, birth year, theme, platform."""


def gathering(people: int, seed: int) -> list[Row]:
    """Return rows of invented people with the gathering's quotas of countries, each with a theme chosen at random."""
    dice = random.Random(seed)
    return [
        (
            f"p{number:06}",
            f"Person {number}",
            _QUOTAS[number % 100],
            dice.choices(("woman", "man", "other", ""), (48, 48, 2, 2))[0],
            _YEAR - dice.randint(18, 35),
            dice.choice(_THEMES),
            dice.choices(("telegram", "discord", "web", ""), (60, 20, 12, 8))[0],
        )
        for number in range(people)
    ]


def problems(rows: Sequence[Row], seed: int) -> list[GroupProblem]:
    """Return the solver's problem for each theme, with the people in `rows` who have the theme."""
    people: dict[str, list[Placeable]] = {theme: [] for theme in _THEMES}
    for each, _, country, gender, born, theme, platform in rows:
        people[theme].append(Placeable(each, country, gender, band_of(born, _YEAR), platform))
    return [GroupProblem(theme, tuple(some), seed=seed) for theme, some in people.items()]


def spread(values: Sequence[float]) -> str:
    """Return the least, the median, the 95th percentile and the largest of some times, in seconds, as text."""
    ordered, late = sorted(values), percentile(sorted(values), 0.95)
    return f"min {ordered[0]:.3f}, median {statistics.median(ordered):.3f}, p95 {late:.3f}, max {ordered[-1]:.3f} s"


def at_bounds(plan: GroupPlan) -> bool:
    """Return whether each level (a count that the solver minimises) reaches the bound that a formula gives."""
    return all(measure.value == measure.bound for measure in plan.measures)


def seeds(count: int) -> None:
    form(problems(gathering(100, 0), 0)[0])  # imports are not what is timed here
    perfect, broken, times = 0, 0, list[float]()
    for seed in range(count):
        asked = problems(gathering(100, seed), seed)
        started = time.perf_counter()
        plans = [form(problem) for problem in asked]
        times.append(time.perf_counter() - started)
        perfect += all(map(at_bounds, plans))
        broken += sum(len(violations(*each)) for each in zip(asked, (plan.groups for plan in plans), strict=True))
    print(f"100 people, three themes: every level at its bound in {perfect} of {count}; {broken} rules broken")
    print(f"  warm: {spread(times)} (p95 ≤ 0.1)")


def shell(sizes: Sequence[int], runs: int = 3) -> None:
    for people in sizes:
        with tempfile.TemporaryDirectory() as folder:
            listed, out = Path(folder) / "people.csv", Path(folder) / "groups.csv"
            with listed.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(("id", "name", "country", "gender", "birth_year", "theme", "platform"))
                writer.writerows(gathering(people, 1))
            measured = [_command(listed, out)[:2] for _ in range(runs)]
            said = json.loads(_command(listed, out, "--json")[2])
        seconds = statistics.median(each for each, _ in measured)
        megabytes = max(each for _, each in measured)
        levels = [level for theme in said["themes"] for level in theme["measures"]]
        met = sum(level["value"] == level["bound"] for level in levels)
        limit = f" (≤ {_LIMITS[people]:g} s, {_MEGABYTES} MB)" if people in _LIMITS else ""
        print(
            f"{people:,} people, whole command: {seconds:.2f} s, {megabytes:.0f} MB,"
            f" {met} of {len(levels)} levels at their bound{limit}"
        )


def _command(listed: Path, out: Path, *options: str) -> tuple[float, float, bytes]:
    """Seconds and largest megabytes of one `groups form`, and what it printed."""
    command = [sys.executable, "-m", "bot", "groups", "form", str(listed)]
    command += ["--out", str(out), "--force", "--year", str(_YEAR), *options]
    with tempfile.TemporaryFile() as answer:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=answer)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"groups form ended with {process.returncode}")
        answer.seek(0)
        return seconds, usage.ru_maxrss / 1024, answer.read()


def growth(sizes: Sequence[int]) -> None:
    form(problems(gathering(100, 0), 0)[0])
    first: float | None = None
    for people in sizes:
        asked = problems(gathering(people, 1), 1)
        times = []
        for _ in range(3):
            started = time.perf_counter()
            plans = [form(problem) for problem in asked]
            times.append(time.perf_counter() - started)
        each = statistics.median(times) / (people * math.log(people))
        first = first or each
        met = sum(map(at_bounds, plans))
        print(
            f"{people:,} people, solver: {statistics.median(times):.3f} s, {met} of {len(plans)} themes at all bounds,"
            f" {each / first:.2f} times the time a person · log n"
        )


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--sizes", type=lambda text: [int(each) for each in text.split(",")], default=None)
    parser.add_argument("--only", type=lambda text: text.split(","), default=_PARTS)
    asked = parser.parse_args()
    sizes = asked.sizes or [1_000, 10_000, 100_000]
    if "seeds" in asked.only:
        seeds(asked.seeds)
    if "shell" in asked.only:
        shell(asked.sizes or [100, *sizes])
    if "growth" in asked.only:
        growth(sizes)
