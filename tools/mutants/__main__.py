"""Changes services and screens a little, one change at a time, and checks that a test fails (`make mutants`).

A change that no test notices (a survivor) shows what is not tested. It exits with 1 if more than a tenth survive.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from tools.mutants.checkouts import Checkout, memory_folder
from tools.mutants.mutations import Mutant, draw, mutants_of, mutated_modules
from tools.mutants.reaching import CACHE, find_reaching_tests
from tools.mutants.trials import Trial, try_mutants
from tools.near_tests import near_tests

MOST_SURVIVORS = 0.1
"""The largest share of the mutants that may survive."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutants (small changes) that the command line asks for, and print those that no test noticed.

    Returns 0 if enough of them were noticed, else 1.
    """
    parser = argparse.ArgumentParser(prog="make mutants ARGS=…", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="how many are drawn (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=14, help="another one draws others (default: %(default)s)")
    parser.add_argument(
        "--only",
        nargs="+",
        default=(),
        metavar="CAPABILITY|PATH[:LINE]",
        help="draw from these modules or lines, or from these capabilities: of these only the nearest tests are tried",
    )
    parser.add_argument("--kind", help="draw changes of one kind, as they are listed: «guard removed», «constant»")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="at once (default: one a core)")
    parser.add_argument("--list", action="store_true", help="print what is drawn, and run nothing")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[2], help="the checkout; default: this one")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the tests that it started end with it
    with memory_folder() as folder:  # while it runs, the checkout may change
        return _run(parser, given, Checkout(given.root, folder / "as-it-is").root)


def _run(parser: argparse.ArgumentParser, given: argparse.Namespace, root: Path) -> int:
    """Draw mutants of the checkout in this folder and try them; the exit code."""
    began = time.perf_counter()
    sources = {path: (root / path).read_bytes() for path in mutated_modules(root)}
    mutants = [
        mutant
        for path, source in sources.items()
        for mutant in mutants_of(path, source)
        if not given.only or {mutant.capability, path.as_posix(), _where(mutant)} & set(given.only)
        if given.kind in (None, mutant.kind)
    ]
    drawn = draw(mutants, given.count, given.seed)
    if not drawn:
        parser.error("there is nothing to change")
    if given.list:
        for mutant in drawn:
            _tell(_described(mutant, sources[mutant.path]))
        return 0
    _tell(f"{len(drawn)} of {len(mutants)} mutants, seed {given.seed}")
    trials = []
    tests = find_reaching_tests(root, given.root / CACHE, given.processes, _tell, _near(root, given.only))
    for trial in try_mutants(root, drawn, tests, given.processes):
        trials.append(trial)
        _tell(f"{trial.verdict:8} {_where(trial.mutant)}: {trial.mutant.kind}  {trial.killer}")
    return _report(trials, sources, time.perf_counter() - began)


def _near(root: Path, only: Sequence[str]) -> Collection[Path] | None:
    """The files of tests that are nearest to the capabilities of `only`; None where it names anything else, or nothing.

    What a capability does is mostly tried beside it, and to learn what all other tests reach takes many minutes.
    """
    if not only or any("/" in name for name in only):
        return None
    return near_tests(root, [path for path in mutated_modules(root) if path.parts[1] in only])


def _report(trials: Sequence[Trial], sources: dict[Path, bytes], seconds: float) -> int:
    """Print what survived and the figures; 1 where too many did."""
    for trial in trials:
        if trial.verdict == "survived":
            _tell(
                f"\nsurvived {_described(trial.mutant, sources[trial.mutant.path])}\n    (tests tried: {trial.tests})"
            )
    verdicts = Counter(trial.verdict for trial in trials)
    most = int(MOST_SURVIVORS * len(trials))
    _tell(
        f"\nkilled   {verdicts['killed'] + verdicts['timeout']:4}, of these by a timeout {verdicts['timeout']}\n"
        f"survived {verdicts['survived']:4} (at most {most})\n"
        f"time     {seconds / 60:6.1f} min"
    )
    return int(verdicts["survived"] > most)


def _where(mutant: Mutant) -> str:
    return f"{mutant.path.as_posix()}:{mutant.line}"


def _described(mutant: Mutant, source: bytes) -> str:
    before, after = mutant.difference(source)
    return f"{_where(mutant)}: {mutant.kind}\n    - {before}\n    + {after}"


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
