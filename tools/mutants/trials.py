"""Checks whether tests notice a mutant (a small change), each in a copy of the checkout, with tests that reach it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Literal

from tools.mutants.checkouts import Checkout, memory_folder
from tools.mutants.mutations import Mutant
from tools.mutants.reaching import ReachingTest, select_tests

Verdict = Literal["killed", "timeout", "survived"]

_LONGEST = 60
"""How many seconds the tests that are tried on one mutant may take together when nothing is wrong."""
_START = 40
_SLOWER = 5
"""A run is ended after `_START` seconds, and this many times what its tests take when nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The result of a mutant: the verdict, how many tests could notice it, and the test that did ("" if unknown)."""

    mutant: Mutant
    verdict: Verdict
    tests: int
    killer: str
    seconds: float


def try_mutants(
    root: Path, mutants: Sequence[Mutant], tests: Sequence[ReachingTest], processes: int
) -> Iterator[Trial]:
    """Run each mutant (a small change) in a copy of the checkout against the tests that reach it.

    `processes` are tried at a time. Yields the results in the order of `mutants`.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(memory_folder())
        free = SimpleQueue[Checkout]()
        for number in range(min(processes, len(mutants))):
            free.put(Checkout(root, folder / str(number)))

        def attempt(mutant: Mutant) -> Trial:
            checkout = free.get()
            try:
                return _try(checkout, mutant, _affordable(select_tests(mutant, tests)))
            finally:
                free.put(checkout)

        pool = stack.enter_context(ThreadPoolExecutor(processes))
        stack.callback(pool.shutdown, cancel_futures=True)
        yield from pool.map(attempt, mutants)


def _affordable(tests: Sequence[ReachingTest]) -> list[ReachingTest]:
    """The first of these, as many as run within _LONGEST seconds, and at least one."""
    chosen: list[ReachingTest] = []
    left = float(_LONGEST)
    for test in tests:
        left -= test.seconds
        if chosen and left < 0:
            break
        chosen.append(test)
    return chosen


def _try(checkout: Checkout, mutant: Mutant, tests: Sequence[ReachingTest]) -> Trial:
    """The tests of the capability first, and by themselves: mostly one of them notices, and others are never loaded."""
    began = time.perf_counter()
    verdict: Verdict = "survived"
    killer = ""
    source = (checkout.root / mutant.path).read_bytes()
    own = [test for test in tests if test.folder == mutant.capability]
    others = [test for test in tests if test.folder != mutant.capability]
    with checkout.changed(mutant.path, mutant.apply(source)):
        for batch in (own, others):
            if batch and verdict == "survived":
                verdict, killer = _run(checkout, batch)
    return Trial(mutant, verdict, len(tests), killer, time.perf_counter() - began)


def _run(checkout: Checkout, tests: Sequence[ReachingTest]) -> tuple[Verdict, str]:
    longest = _START + _SLOWER * sum(test.seconds for test in tests)
    try:
        run = checkout.run_tests("-x", tests=[test.id for test in tests], timeout=longest)
    except subprocess.TimeoutExpired:
        return "timeout", ""
    if run.returncode == 0:
        return "survived", ""
    failures = [line for line in run.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return "killed", failures[0].split(" ", 1)[1].partition(" - ")[0] if failures else ""
