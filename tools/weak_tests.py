"""Counts tests that cannot fail, and tests with SQL: `python -m tools.weak_tests`; with `--list`, lists them.

A test that asserts nothing, or one of two things, passes even if the tested thing is broken. So does a test that only
asserts that something is missing: it passes for an empty screen. Tests of capabilities use the chat and builders
instead of SQL, so that they still work when a table changes.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.figures import Figure, none_of, report

ENFORCED = frozenset({"sql", "silent", "either", "always", "absent"})
"""The keys of the figures that must meet their aim."""

_SQL = re.compile(r"\b(SELECT\s|INSERT\s+INTO\s|DELETE\s+FROM\s|UPDATE\s+\w+\s+SET\s)")
_ASSERTING = {"raises", "warns", "fail", "expect"}
"""Functions of libraries that fail a test: pytest's, and `expect` of Playwright."""

_WAITING = {"sees", "until"}
"""Functions of drivers that fail a test in which something does not come."""
_EMPTY = {"()", "[]", "{}", "''", "b''", "set()", "frozenset()", "0", "False", "None"}
_CODES = ("exit_code", "returncode")
"""Attributes whose 0 is a success, and no absence."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class PythonFile:
    """A module of tests or of their helpers: its path in the checkout, and its syntax."""

    path: Path
    tree: ast.Module

    def at(self, node: ast.expr | ast.stmt) -> str:
        """Return the place of a node in the module as editors understand it, «path:line»."""
        return f"{self.path.as_posix()}:{node.lineno}:"

    def functions(self) -> Iterator[_Function]:
        """Yield every function and method in the module."""
        return (node for node in ast.walk(self.tree) if isinstance(node, _Function))

    def tests(self) -> Iterator[_Function]:
        """Yield every test in the module."""
        if self.path.name.startswith("test_"):
            yield from (function for function in self.functions() if function.name.startswith("test_"))

    def asserts(self) -> Iterator[ast.Assert]:
        """Yield every assert in the module."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Assert))


def read_tests(root: Path) -> list[PythonFile]:
    """Return every module below tests/ of the checkout in this folder."""
    return [
        PythonFile(path.relative_to(root), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted((root / "tests").rglob("*.py"))
    ]


def statements(files: Iterable[PythonFile], capabilities: Iterable[str]) -> Figure:
    """Return the SQL statements in the tests of `capabilities`, and in the builders of their worlds."""
    folders = set(capabilities)
    counted = [
        f"{file.at(node)} {node.value.split(maxsplit=1)[0]} …"
        for file in files
        if file.path.parts[1] in folders
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.search(node.value)
    ]
    return none_of("sql", "statements of SQL in tests of capabilities", counted)


def silent(files: Iterable[PythonFile]) -> Figure:
    """Return the tests in which nothing is asserted, neither directly nor by a helper that they call."""
    files = list(files)
    calls_one = _asserting(files)
    counted = [
        f"{file.at(test)} {test.name}"
        for file in files
        for test in file.tests()
        if not _fails(test) and not calls_one(file, test)
    ]
    return none_of("silent", "tests that assert nothing", counted)


def either(files: Iterable[PythonFile]) -> Figure:
    """Return the asserts of «one thing or another», which pass even if the one is broken."""
    counted = [
        f"{file.at(node)} {ast.unparse(node.test)}"
        for file in files
        for node in file.asserts()
        if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or)
    ]
    return none_of("either", "asserts of one thing or another", counted)


def always(files: Iterable[PythonFile]) -> Figure:
    """Return the asserts that a number is zero or more, which is true for everything that is counted."""
    counted = [
        f"{file.at(node)} {ast.unparse(node.test)}"
        for file in files
        for node in file.asserts()
        for compared in ast.walk(node.test)
        if isinstance(compared, ast.Compare)
        and len(compared.ops) == 1
        and isinstance(compared.ops[0], ast.GtE)
        and ast.unparse(compared.comparators[0]) == "0"
    ]
    return none_of("always", "asserts that hold of every number", counted)


def absent(files: Iterable[PythonFile]) -> Figure:
    """Return the tests that only assert that something is missing, which pass even if nothing works.

    To avoid that, a test can also show that something exists, before or beside or on another's screen, by an assert, by
    a raised error, by taking the `[one]` thing there is, or by waiting for something.
    """
    counted = [
        f"{file.at(test)} {test.name}"
        for file in files
        for test in file.tests()
        if any(isinstance(node, ast.Assert) for node in ast.walk(test)) and not _presence(test)
    ]
    return none_of("absent", "tests that only assert that something is missing", counted)


def _presence(test: _Function) -> bool:
    """Whether a test shows itself that something is there."""
    nodes = list(ast.walk(test))
    return (
        any(isinstance(node, ast.Assert) and not _denies(node.test) for node in nodes)
        or any(isinstance(node, ast.Assign) and _takes_what_is_there(node.targets[0]) for node in nodes)
        or bool(_called(test) & (_ASSERTING | _WAITING))
    )


def _takes_what_is_there(target: ast.expr) -> bool:
    """Whether an assignment fails where there is nothing to take: `[first, *others] = …`, `(one,) = …`."""
    match target:
        case ast.List(elts=names) | ast.Tuple(elts=[_] as names):
            return any(not isinstance(name, ast.Starred) for name in names)
    return False


def _denies(claim: ast.expr) -> bool:
    """Whether an expression is true where something is missing: it is not in another, is empty, or is not so."""
    match claim:
        case ast.UnaryOp(op=ast.Not()):
            return not _denies(claim.operand)
        case ast.BoolOp():
            return all(_denies(value) for value in claim.values)
        case ast.Call(func=ast.Name(id="all" | "any"), args=[ast.GeneratorExp(elt=each)]):
            return _denies(each)
        case ast.Compare(ops=[ast.NotIn()]):
            return True
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[compared]):
            return _is_nothing(left, compared)
    return False


def _is_nothing(left: ast.expr, compared: ast.expr) -> bool:
    """Whether what an expression is compared with is None, 0, '', an empty collection, or several of these."""
    if isinstance(left, ast.Tuple) and isinstance(compared, ast.Tuple) and len(left.elts) == len(compared.elts):
        return all(_is_nothing(*pair) for pair in zip(left.elts, compared.elts, strict=True))
    if isinstance(compared, ast.Tuple) and compared.elts:
        return all(_is_nothing(left, part) for part in compared.elts)
    return ast.unparse(compared) in _EMPTY and not ast.unparse(left).endswith(_CODES)


def _asserting(files: Iterable[PythonFile]) -> Callable[[PythonFile, _Function], bool]:
    """Tells of a function in a file whether it calls a helper that asserts something, perhaps by way of another.

    A helper is known by its name: one of the same file if there is one, else each of this name has to assert.
    """
    helpers: dict[str, dict[Path, list[_Function]]] = {}
    sources = {file.path: file for file in files}
    for file in sources.values():
        for function in file.functions():
            if not function.name.startswith("test_"):
                helpers.setdefault(function.name, {}).setdefault(file.path, []).append(function)
    asserting: set[tuple[str, Path]] = set()

    def calls_one(file: PythonFile, function: _Function) -> bool:
        for name in _called(function) & helpers.keys():
            paths = [file.path] if file.path in helpers[name] else list(helpers[name])
            if all((name, path) in asserting for path in paths):
                return True
        return False

    while more := {
        (name, path)
        for name, by_path in helpers.items()
        for path, functions in by_path.items()
        if (name, path) not in asserting
        and all(_fails(function) or calls_one(sources[path], function) for function in functions)
    }:
        asserting |= more
    return calls_one


def _fails(function: _Function) -> bool:
    """Whether a function itself can fail a test: it asserts, or starts a program that must end well."""
    nodes = list(ast.walk(function))
    return (
        any(isinstance(node, ast.Assert) for node in nodes)
        or any(isinstance(node, ast.keyword) and ast.unparse(node) == "check=True" for node in nodes)
        or bool(_called(function) & _ASSERTING)
    )


def _called(function: _Function) -> set[str]:
    """The last part of the name of each thing that a function calls."""
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {
        called.attr if isinstance(called, ast.Attribute) else called.id
        for called in calls
        if isinstance(called, ast.Attribute | ast.Name)
    }


def main() -> int:
    """Print the figures; return 1 if one misses an enforced aim."""
    parser = argparse.ArgumentParser(prog="python -m tools.weak_tests", description="Tests that cannot fail.")
    parser.add_argument("--list", action="store_true", help="print where each one stands")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1], help="the checkout; default: this one")
    given = parser.parse_args()
    files = read_tests(given.root)
    capabilities = [path.name for path in (given.root / "handlers").iterdir() if path.is_dir()]
    figures = (statements(files, capabilities), silent(files), either(files), always(files), absent(files))
    return report(figures, ENFORCED, everything=given.list)


if __name__ == "__main__":
    sys.exit(main())
