"""What prints and pictures cost, beside what they cost in an older checkout, in alternating rounds.

    python -m benchmarks.prints --before ../before     # a worktree of an older commit, after `make setup-dev` in it

Each round measures each checkout in a process of its own; what is printed are the fastest times of all rounds, since
whatever else the machine does only makes them longer. All of `/bilan` and the stalls of the loop meanwhile are measured
by `benchmarks.workshop`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_MEASURED = Path(__file__).with_name("prints_measured.py")
_WANTED: Mapping[str, float] = {
    "card": 25,
    "group picture": 25,
    "plan of 17 groups": 250,
    "17 door pages": 100,
    "booklet of 100 groups": 2_000,
    "import": 50,
}
"""The most milliseconds that each may take."""
_MOST_MEGABYTES = 320


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure this checkout, and an older one if it is named, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="an older checkout, set up")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args(arguments)
    here = Path(__file__).resolve().parents[1]
    checkouts = {"now": here, **({"before": asked.before.resolve()} if asked.before else {})}
    fastest: dict[str, dict[str, float]] = {name: {} for name in checkouts}
    for _round in range(asked.rounds):
        for name, checkout in checkouts.items():
            for what, value in _measure(checkout).items():
                fastest[name][what] = min(value, fastest[name].get(what, value))
    for what, wanted in _WANTED.items():
        _print_line(what, fastest, "ms", wanted)
    _print_line("memory for the booklet", fastest, "MB", _MOST_MEGABYTES)


def _measure(checkout: Path) -> Mapping[str, float]:
    python = checkout / ".venv" / "bin" / "python"
    command = [str(python) if python.exists() else sys.executable, str(_MEASURED)]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    told = subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True, text=True)
    measured: Mapping[str, float] = json.loads(told.stdout)
    return measured


def _print_line(what: str, fastest: Mapping[str, Mapping[str, float]], unit: str, wanted: float) -> None:
    now, before = fastest["now"][what], fastest.get("before", {}).get(what)
    beside = f", before {before:,.0f} {unit}: {now / before:.2f} of it" if before else ""
    print(f"{what}: {now:,.0f} {unit} (wanted at most {wanted:,g}){beside}", flush=True)


if __name__ == "__main__":
    main()
