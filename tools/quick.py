"""Runs the tests nearest to files changed since the last commit, after style and types (`make quick`).

These are tests in folders named like folders with changes, tests that import a changed module and, for a capability,
the tests of all codes and commands. Not covered are PostgreSQL, the browser, scenarios and other tests that reach a
module through the chat, changes of what many tests share (tests/world.py), of the schema and of settings. `make check`
and `make test` cover these before a change is merged.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.near_tests import near_tests


def changed_files(root: Path, since: str) -> list[Path]:
    """Return the files that differ from the commit `since` in the checkout `root`, untracked ones included.

    Paths are relative to `root`. Raises subprocess.CalledProcessError if git knows no such commit.
    """
    commands = (
        ("diff", "--name-only", "--no-renames", "--relative", "-z", since, "--"),
        ("ls-files", "--others", "--exclude-standard", "-z"),
    )
    listed = [
        subprocess.run(["git", *command], cwd=root, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603, S607
        for command in commands
    ]
    return sorted({Path(name) for run in listed for name in run.stdout.split("\0") if name})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tests near to changed files, or only list them; return 1 if one fails, else 0."""
    parser = argparse.ArgumentParser(
        prog="make quick ARGS=…", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--since", default="HEAD", metavar="COMMIT", help="what changed since this (default: HEAD)")
    parser.add_argument("--list", action="store_true", help="print which files of tests these are, and run nothing")
    parser.add_argument("--processes", type=int, default=2, help="run so many tests at once (default: %(default)s)")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1], help="the checkout; default: this one")
    given = parser.parse_args(arguments)
    tests = [path.as_posix() for path in near_tests(given.root, changed_files(given.root, given.since))]
    if given.list or not tests:
        print("\n".join(tests) or f"No test is near to what changed since {given.since}.")
        return 0
    chosen = ["-k", "not postgres", "-m", "not browser"]
    if given.processes > 1:
        chosen += ["--numprocesses", str(given.processes), "--dist", "worksteal"]
    run = subprocess.run([sys.executable, "-m", "pytest", *chosen, *tests], cwd=given.root, check=False)  # noqa: S603
    return int(run.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED))


if __name__ == "__main__":
    sys.exit(main())
