"""Finds which tests reach which blocks of the program, and each test's duration, from one run that is cached.

Tests on PostgreSQL and in a browser are left out: decisions of services and screens do not depend on the engine, and a
server or a browser would be started for each mutant.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tools.mutants.checkouts import Checkout, memory_folder
from tools.mutants.mutations import Mutant, blocks_of, mutated_modules
from tools.mutants.probe import RECORDS

CACHE = Path(".mutants", "reach.json")
"""The cache file in the checkout, ignored by git, of which blocks tests reach."""
_SHOWN = 2000
"""How many characters of the output of pytest are shown where it could not run."""
_PROBE = "tools.mutants.probe"
_CALL = "reach_of_probe"
"""What its function is called in a module, which may have a `reach` of its own."""


@dataclass(frozen=True, slots=True)
class ReachingTest:
    """A passing test: its id, its duration in seconds, and the blocks that it runs, as `path:line`."""

    id: str
    seconds: float
    blocks: frozenset[str]

    @property
    def folder(self) -> str:
        """The folder of tests/ that contains the test, "" for none."""
        parts = Path(self.id.partition("::")[0]).parts
        return parts[1] if len(parts) > 2 else ""


def select_tests(mutant: Mutant, tests: Iterable[ReachingTest]) -> list[ReachingTest]:
    """Return the tests that run the code that a mutant changes: its capability's tests first, and faster ones first.

    A change of code that runs at import can affect all functions of the module, or who may call them. Then the result
    has the tests that run anything in the module, all tests of the capability, and the tests of permissions, the
    fastest first.
    """
    if mutant.block is not None:
        block = f"{mutant.path.as_posix()}:{mutant.block}"
        reaching = [test for test in tests if block in test.blocks]
        return sorted(reaching, key=lambda test: (test.folder != mutant.capability, test.seconds, test.id))
    module = f"{mutant.path.as_posix()}:"
    reaching = [
        test
        for test in tests
        if test.folder in (mutant.capability, "security") or any(block.startswith(module) for block in test.blocks)
    ]
    return sorted(reaching, key=lambda test: (test.seconds, test.id))


def find_reaching_tests(
    root: Path, cache: Path, processes: int, tell: Callable[[str], None], near: Collection[Path] | None = None
) -> list[ReachingTest]:
    """Return every passing test of this checkout with the blocks that it reaches, cached in the file `cache`.

    With `near`, only the tests in these files, given by relative paths, are returned. Only test files that changed
    since the last call run again, on so many `processes`; all run again if the program or a test helper changed. `tell`
    gets lines on what is done.
    """
    files = sorted((root / "tests").rglob("test_*.py"))
    program = _digest(root, (*(root / "bot").rglob("*.py"), *(root / "handlers").rglob("*.py"), *_helpers(root)))
    digests = {file.relative_to(root).as_posix(): _digest(root, [file]) for file in files}
    remembered = _remembered(cache, program)
    entries = {name: entry for name, entry in remembered.items() if digests.get(name) == entry["digest"]}
    wanted = digests.keys() if near is None else {file.as_posix() for file in near}
    new = [name for name in digests if name in wanted and name not in entries]
    if new:
        tell(f"{len(new)} files of tests show what they reach …")
        measured, failed = _measure(root, new, processes)
        for test in failed:
            tell(f"left out, as it fails anyway: {test}")
        for name in new:
            entries[name] = {"digest": digests[name], "tests": measured.get(name, {})}
        _remember(cache, program, entries)
    return [
        ReachingTest(test, told["seconds"], frozenset(told["blocks"]))
        for name, entry in sorted(entries.items())
        if name in wanted
        for test, told in entry["tests"].items()
    ]


def _helpers(root: Path) -> Iterator[Path]:
    return (path for path in (root / "tests").rglob("*.py") if not path.name.startswith("test_"))


def _digest(root: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(set(paths)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _remembered(cache: Path, program: str) -> dict[str, Any]:
    """What each file of tests reached when the program was as it is now; nothing where that is not known."""
    if not cache.exists():
        return {}
    cached = json.loads(cache.read_text(encoding="utf-8"))
    return dict(cached["files"]) if cached["program"] == program else {}


def _remember(cache: Path, program: str, entries: Mapping[str, Any]) -> None:
    cache.parent.mkdir(exist_ok=True)
    cache.write_text(json.dumps({"program": program, "files": entries}), encoding="utf-8")


def _measure(root: Path, files: Sequence[str], processes: int) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Run files of tests in a copy whose blocks tell that they run: what each test reaches by file, and who failed."""
    with memory_folder() as folder:
        checkout = Checkout(root, folder)
        for path in mutated_modules(root):
            checkout.write(path, with_probes(path, (root / path).read_bytes()))
        records = folder / "records"
        records.mkdir()
        run = checkout.run_tests(
            *("-p", _PROBE, "-k", "not postgres", "-m", "not browser"),
            *(("-n", str(processes), "--dist", "worksteal") if processes > 1 else ()),
            tests=files,
            environment={RECORDS: str(records)},
        )
        if run.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            raise RuntimeError(f"the tests did not run:\n{run.stdout[-_SHOWN:]}")
        return _read(records)


def _read(records: Path) -> tuple[dict[str, dict[str, Any]], list[str]]:
    blocks: dict[str, set[str]] = defaultdict(set)
    seconds: dict[str, float] = defaultdict(float)
    passed: dict[str, bool] = defaultdict(lambda: True)
    for file in records.iterdir():
        for line in file.read_text(encoding="utf-8").splitlines():
            match json.loads(line):
                case {"test": str(test), "block": str(block)}:
                    blocks[test].add(block)
                case {"test": str(test), "passed": bool(good), "seconds": float(duration)}:
                    seconds[test] += duration
                    passed[test] &= good
    measured: dict[str, dict[str, Any]] = defaultdict(dict)
    for test, duration in sorted(seconds.items()):
        if passed[test]:
            told = {"seconds": round(duration, 3), "blocks": sorted(blocks[test])}
            measured[test.partition("::")[0]][test] = told
    return measured, sorted(test for test, good in passed.items() if not good)


def with_probes(path: Path, source: bytes) -> bytes:
    """Return a module's source with a call at the beginning of each block, which records that the block runs."""
    for block in reversed(blocks_of(path, source)):
        call = f"{_CALL}({f'{path.as_posix()}:{block.line}'!r})\n{' ' * block.indent}"
        source = source[: block.start] + call.encode() + source[block.start :]
    lines = source.splitlines(keepends=True)
    lines.insert(_first_line(ast.parse(source)) - 1, f"from {_PROBE} import reach as {_CALL}\n".encode())
    return b"".join(lines)


def _first_line(tree: ast.Module) -> int:
    """The line of the first statement that other ones may precede."""
    for statement in tree.body:
        documents = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not documents and not (isinstance(statement, ast.ImportFrom) and statement.module == "__future__"):
            return statement.lineno
    return 1
