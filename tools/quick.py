"""`make quick`: the tests that are nearest to what changed since the last commit, after style and types.

They are the tests of the folders of tests/ that are named like the folders where something changed, those that import a
changed module, and of a capability the tests of all codes and commands. What it does not see: PostgreSQL, the browser,
scenarios and other tests that come by through the chat, a change of what many tests share (tests/world.py), of the
schema or of settings. Before a change lands, `make check` and `make test` see these.
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
    """Return what differs from a commit in the checkout `root`, what git does not know yet included, relative to it.

    Raises subprocess.CalledProcessError where git knows no such commit.
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
    """Run the tests; return 1 when one fails."""
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
