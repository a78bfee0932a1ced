"""Checks the keys of log events, and their page docs/logs.md: `python -m tools.log_events` prints problems.

A log call names its event by a literal key such as `delivery.unreachable`: the package or capability, then what
happened. A key stands for one event: calls that share it have the same level, and the same fields or some of them.
Fields must not hold names, words or links. Each key has a line with its level in docs/logs.md, and each line there has
its key in the code.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from tools.places import Problem

PAGE = Path("docs/logs.md")
PACKAGES = ("bot", "handlers")
LEVELS: Mapping[str, str] = {
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "error": "error",
    "exception": "error",
    "critical": "critical",
}
"""The methods of the log, and the level that each writes."""

PRIVATE = frozenset(
    (
        "caption",
        "content",
        "email",
        "link",
        "name",
        "payload",
        "person",
        "secret",
        "text",
        "token",
        "url",
        "view",
        "words",
    )
)
"""Forbidden fields, which would hold what somebody wrote, a person's name, or a secret that opens something."""

_KEY = re.compile(r"([a-z]+)\.[a-z]+(_[a-z]+)*")
_ROW = re.compile(r"^\| `([^`]+)` \| (\w+) \| (.+?) \|$")


@dataclass(frozen=True, slots=True)
class Call:
    """A log call: the event's key, its level, and the names of its fields."""

    path: Path
    line: int
    key: str
    level: str
    fields: frozenset[str]

    @property
    def owner(self) -> str:
        """The package of the engine, the platform or the capability that contains the call."""
        parts = self.path.with_suffix("").parts
        return parts[2] if parts[:2] == ("bot", "platforms") else parts[1]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of docs/logs.md: a key, and the level that it gives."""

    line: int
    key: str
    level: str


def check(root: Path) -> list[Problem]:
    """Return all problems of log events in the checkout `root`, by file and line; paths are relative to it."""
    problems: list[Problem] = []
    calls: list[Call] = []
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        module, tree = path.relative_to(root), ast.parse(path.read_text(encoding="utf-8"))
        problems += misuses(module, tree)
        calls += calls_in(module, tree)
    problems += key_problems(calls)
    page = root / PAGE
    problems += page_problems(calls, rows(page.read_text(encoding="utf-8")) if page.exists() else [])
    return problems


def calls_in(module: Path, tree: ast.Module) -> Iterator[Call]:
    """Yield each log call that names its event by a literal."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(ast.Name("log"), method), [ast.Constant(str(key))], keywords) if (
                method in LEVELS
            ):
                fields = frozenset(keyword.arg for keyword in keywords if keyword.arg)
                yield Call(module, node.lineno, key, LEVELS[method], fields)


def misuses(module: Path, tree: ast.Module) -> Iterator[Problem]:
    """Yield a problem for each log call without a literal key, and for each logger besides a module's usual one."""
    understood = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and _names_event(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name("log")) if id(node) not in understood:
                yield Problem(module, node.lineno, 'a log call is log.LEVEL("package.event", field=value, …)')
            case ast.Assign([ast.Name(name)], ast.Call(ast.Attribute(ast.Name("structlog"), "get_logger"))) if (
                name != "log"
            ):
                yield Problem(module, node.lineno, f"a module's logger is called log, not {name}")


def key_problems(calls: Iterable[Call]) -> Iterator[Problem]:
    """Yield a problem for each malformed key, key of another package, or key that stands for several events."""
    by_key: dict[str, list[Call]] = {}
    for call in calls:
        by_key.setdefault(call.key, []).append(call)
        shape = _KEY.fullmatch(call.key)
        if shape is None:
            yield Problem(call.path, call.line, f"«{call.key}» is no key: package.what_happened, in lower case")
        elif shape[1] != call.owner:
            yield Problem(call.path, call.line, f"«{call.key}» begins with its package: {call.owner}")
        for field in sorted(call.fields & PRIVATE):
            yield Problem(call.path, call.line, f"the log has no field «{field}»: nobody's words, names or links")
    for key, same in by_key.items():
        for one, other in combinations(same, 2):
            alike = one.fields <= other.fields or other.fields <= one.fields
            if one.level != other.level or not alike:
                first = f"{one.path}:{one.line}"
                yield Problem(other.path, other.line, f"«{key}» is another event at {first}: another level or fields")


def page_problems(calls: Iterable[Call], listed: Iterable[Row]) -> Iterator[Problem]:
    """Yield a problem for each key without a line in docs/logs.md, line without a key, and differing level."""
    by_key = {call.key: call for call in calls}
    on_page: set[str] = set()
    for row in listed:
        if row.key in on_page:
            yield Problem(PAGE, row.line, f"«{row.key}» stands there twice")
        on_page.add(row.key)
        if row.key not in by_key:
            yield Problem(PAGE, row.line, f"no log call has the key «{row.key}»")
        elif row.level != by_key[row.key].level:
            yield Problem(PAGE, row.line, f"«{row.key}» is logged as {by_key[row.key].level}")
    for key, call in by_key.items():
        if key not in on_page:
            yield Problem(call.path, call.line, f"«{key}» has no line in {PAGE}")


def rows(page: str) -> list[Row]:
    """Return the lines of docs/logs.md that describe an event. `page` is the text of that file."""
    found = ((number, _ROW.match(line)) for number, line in enumerate(page.splitlines(), 1))
    return [Row(number, row[1], row[2]) for number, row in found if row]


def _names_event(call: ast.Call) -> bool:
    match call:
        case ast.Call(ast.Attribute(ast.Name("log"), method), [ast.Constant(str())]):
            return method in LEVELS
    return False


def main() -> int:
    """Print all problems of log events in this checkout; return 1 if there are any."""
    problems = check(Path.cwd())
    for problem in problems:
        print(problem)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
