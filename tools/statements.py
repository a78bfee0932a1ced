"""Checks which modules contain SQL, and what services get: `python -m tools.statements` prints problems.

SQL is allowed in stores (`store`, a module or a package, and `…_store`), in the package of the database, and as
conditions in `personal_data` and `audiences`. SQL of the engine names no table that a capability declares. A `service`
gets a transaction, never a chat's request, so that the shell can call it too.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.places import Problem

PACKAGES = ("bot", "handlers")
DATABASE = Path("bot/database")
"""The package that runs SQL itself, and knows the dialect of each engine."""
DECLARING = frozenset({"personal_data", "audiences"})
"""Modules that declare SQL conditions and statements, which the engine runs."""
_SQL = re.compile(
    r"\b(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|JOIN\s+\S+\s+\S+\s+ON\s|EXISTS\s*\("
    r"|ORDER\s+BY\s|GROUP\s+BY\s)|^\s*(AND|OR|FROM|WHERE)\s+[a-z{(:]"
)
"""What only SQL says: its words are in capitals here, and nowhere else."""
_TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)")
SHARED = frozenset({"reminders"})
"""Capabilities whose tables the engine may name: it plans reminders, and the capability sends them."""


def check(root: Path) -> list[Problem]:
    """Return all problems of SQL in wrong modules, and of services that get a chat's request, by file and line.

    `root` is the checkout, to which paths are relative.
    """
    problems: list[Problem] = []
    paths = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    trees = {path.relative_to(root): ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    owned = {table for module, tree in trees.items() if module.parts[0] == "handlers" for table in tables(tree)}
    for module, tree in trees.items():
        found = list(statements(tree))
        if not _may_hold_sql(module):
            problems += [Problem(module, line, f"SQL outside a store: «{text.strip()[:60]}»") for text, line in found]
        if module.parts[0] == "bot":
            problems += [
                Problem(module, line, f"the engine names a table of a capability: {table}")
                for text, line in found
                for table in sorted({*_TABLE.findall(text)} & owned - SHARED)
            ]
        if _belongs_to("service", module):
            problems += [Problem(module, line, "a service takes no Request") for line in requests(tree)]
    return problems


def statements(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield each string that is SQL or a part of it, and its line, docstrings excepted."""
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr | ast.Constant) or id(node) in documents:
            continue
        whole = isinstance(node, ast.JoinedStr) or id(node) not in parts
        if whole and _SQL.search(text := _text(node)):
            yield text, node.lineno


def tables(tree: ast.Module) -> Iterator[str]:
    """Yield the tables that a module declares as `bot.people.declared.PersonalData`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "PersonalData":
            yield from (_text(keyword.value) for keyword in node.keywords if keyword.arg == "table")


def requests(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that import a handler's request."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "Request" for alias in node.names):
            yield node.lineno


def _text(node: ast.AST) -> str:
    """The words of a string; of one that is put together, with {} for what is put in; '' for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _may_hold_sql(module: Path) -> bool:
    name = module.stem
    is_store = _belongs_to("store", module) or name.endswith("_store")
    return is_store or name in DECLARING or module.is_relative_to(DATABASE)


def _belongs_to(role: str, module: Path) -> bool:
    """Whether a module is the one called `role`, or in a package of that name."""
    return role in (*module.parts[:-1], module.stem)


def main() -> int:
    """Print all problems of SQL and of services in this checkout; return 1 if there are any."""
    problems = check(Path.cwd())
    for problem in problems:
        print(problem)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
