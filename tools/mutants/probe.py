"""Records which blocks of the program each test runs, by a call that `tools.mutants.reaching` inserts into them.

As a plugin of pytest, this module also records the results of tests. Each process of a run appends to a file of its own
in the folder that RECORDS names; so do programs that a test starts, which know the test from the environment.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

RECORDS = "MUTANTS_RECORDS"
"""The environment variable with the folder of the records."""

_seen: set[tuple[str, str]] = set()


def reach(block: str) -> None:
    """Record that the running test reached a block, `path:line`."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    if test and (test, block) not in _seen:
        _seen.add((test, block))
        _append({"test": test, "block": block})


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Record the result of each part of a test: its setup, itself, and its teardown."""
    if "PYTEST_XDIST_WORKER" not in os.environ:  # its reports come from the process that leads the run, too
        entry = {"test": report.nodeid, "when": report.when, "passed": report.passed, "seconds": report.duration}
        _append(entry)


def _append(entry: dict[str, object]) -> None:
    if folder := os.environ.get(RECORDS):
        with Path(folder, str(os.getpid())).open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(entry)}\n")
