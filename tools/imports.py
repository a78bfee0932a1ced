"""Figures on imports between modules: `python -m tools.imports` prints them, with `--list` also what each one counts.

The first figures are computed from the graph of imports, the others from the syntax of modules. A figure that is named
in `ENFORCED` and misses its aim fails the command, and with it `make check`; the others are only printed.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import grimp

from tools.figures import Figure, none_of, report

PROGRAM = ("bot", "handlers")
"""The packages whose graph of imports is measured."""
CHECKS = ("tests", "tools", "benchmarks")
"""Packages beside the program. What they import under another name is printed, without an aim."""

LEAST_WITHIN = 65
"""The smallest percentage of imports between modules of handlers that must be within one capability."""
MOST_RENAMED = 5
"""How many imports of the program may give one of its modules another name."""
MOST_CLASSES_TWICE = 10
"""How many public names may belong to two classes or more."""
SHARED = frozenset({"model", "service", "messages", "actions", "settings", "hooks", "solver"})
"""Modules of a capability that others may import, besides its stores; everything in `navigation` is shared."""
ROLES = frozenset(
    {
        "capability", "model", "store", "service", "messages", "actions",
        "participant", "organiser", "facilitator", "schedule", "jobs", "settings", "cli", "rehearsal",
        "hooks", "answers", "personal_data", "membership", "audiences", "reminders", "channels", "calendar", "content",
        "progress", "seeding", "checking", "drawing", "files", "solver", "displays", "listeners", "topics", "grids",
    }
)  # fmt: skip
"""The allowed names of modules and packages in a capability's folder, in any capability.

`navigation`, which all capabilities share, has its own names.
"""
ENFORCED = frozenset({"within", "circles", "renamed", "written_across", "screens_across", "roles", "classes_twice"})
"""The keys of the figures that must meet their aim."""

_WRITES = re.compile(r"\b(INSERT\s+INTO|DELETE\s+FROM|(?<!FOR )UPDATE\s+\w)")
"""A statement that changes rows; `SELECT … FOR UPDATE` does not."""

Symbol = tuple[str, str]
"""A name that a module defines, as a pair of module and name."""


def within_capabilities(graph: grimp.ImportGraph) -> Figure:
    """Return the share of imports between two modules of handlers that are within one capability.

    Not counted are `navigation`, which everyone may import, the solver of groups, which is a library of its own, and
    packages (the imports in an `__init__` are parts of the package).
    """
    modules = {module for module in graph.modules if _counts_for_cohesion(graph, module)}
    imports = [
        (importer, imported)
        for importer in sorted(modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer) & modules)
    ]
    leaving = [f"{importer} -> {imported}" for importer, imported in imports if _folder(importer) != _folder(imported)]
    share = round(100 * (len(imports) - len(leaving)) / len(imports)) if imports else 100
    return Figure(
        "within",
        f"imports within a capability, of {len(imports)} between modules of handlers",
        share,
        f"at least {LEAST_WITHIN} %",
        met=not imports or 100 * (len(imports) - len(leaving)) >= LEAST_WITHIN * len(imports),
        unit=" %",
        counted=leaving,
    )


def circles(graph: grimp.ImportGraph) -> Figure:
    """Return the number of imports to remove until nothing in any package imports itself through another module."""
    packages = [module for module in sorted(graph.modules) if graph.find_children(module)]
    breakers = [
        f"{importer} -> {imported}"
        for package in packages
        for importer, imported in sorted(graph.nominate_cycle_breakers(package))
    ]
    return none_of("circles", "imports that close a circle", breakers)


def renamed_modules(sources: Mapping[str, Source], packages: Iterable[str]) -> list[str]:
    """Return a line for each import in `packages` that gives one of our modules another name."""
    return [
        f"{source.at(line)} {module} as {name}"
        for source in _of_packages(sources, packages)
        for module, name, line in source.renamed()
        if module in sources
    ]


def renamed_symbols(sources: Mapping[str, Source], packages: Iterable[str]) -> list[str]:
    """Return a line for each import in `packages` that renames one of our functions, classes or values."""
    return [
        f"{source.at(line)} {target} as {name}"
        for source in _of_packages(sources, packages)
        for target, name, line in source.renamed()
        if target not in sources and target.rpartition(".")[0] in sources
    ]


def written_across(sources: Mapping[str, Source]) -> Figure:
    """Return the places where a capability calls a function of another one's store that changes rows."""
    stores = {module: source for module, source in sources.items() if _is_store(module)}
    writers = _writers(stores)
    uses = [
        f"{source.at(line)} {'.'.join(symbol)}"
        for module, source in sources.items()
        if _folder(module)
        for symbol, line in source.references()
        if symbol in writers and _folder(symbol[0]) != _folder(module)
    ]
    return none_of("written_across", "writes to another capability's store", uses)


def screens_across(graph: grimp.ImportGraph) -> Figure:
    """Return how often capabilities import modules of other capabilities that are not shared, such as screens.

    Shared are the modules in SHARED, and stores, which may be read.
    """
    imports = [
        f"{importer} -> {imported}"
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if _folder(importer) and _folder(imported) not in {"", "navigation", _folder(importer)}
        if not SHARED.intersection(imported.split(".")[2:3]) and not _is_store(imported)
    ]
    return Figure(
        "screens_across",
        "imports of another capability's screens",
        len(imports),
        "0",
        met=not imports,
        counted=imports,
    )


def other_roles(sources: Mapping[str, Source]) -> Figure:
    """Return the modules and packages of capabilities whose names are no known role, such as `store` or `messages`."""
    others = sorted(
        {
            f"handlers.{_folder(module)}.{module.split('.')[2]}"
            for module in sources
            if _folder(module) not in {"", "navigation"} and module.count(".") > 1
            if module.split(".")[2] not in ROLES
        }
    )
    return Figure("roles", "modules of a capability without a role", len(others), "0", met=not others, counted=others)


def classes_twice(sources: Mapping[str, Source]) -> Figure:
    """Return the public names that two or more classes of the program have."""
    modules: dict[str, list[str]] = {}
    for source in _of_packages(sources, PROGRAM):
        for statement in source.tree.body:
            if isinstance(statement, ast.ClassDef) and not statement.name.startswith("_"):
                modules.setdefault(statement.name, []).append(source.module)
    twice = [f"{name}: {', '.join(found)}" for name, found in sorted(modules.items()) if len(found) > 1]
    return Figure(
        "classes_twice",
        "class names defined twice or more",
        len(twice),
        f"at most {MOST_CLASSES_TWICE}",
        met=len(twice) <= MOST_CLASSES_TWICE,
        counted=twice,
    )


@dataclass(frozen=True, slots=True)
class Source:
    """One of our modules: its dotted name, its file (relative to the checkout), its syntax and its imports.

    An import is the full dotted name of the imported thing, its name in this module, and the line.
    """

    module: str
    path: Path
    tree: ast.Module
    imports: Sequence[tuple[str, str, int]]

    def at(self, line: int) -> str:
        """Return the place of a line of the module as editors understand it, «path:line»."""
        return f"{self.path.as_posix()}:{line}:"

    def renamed(self) -> Iterator[tuple[str, str, int]]:
        """Yield the imports that give a thing another name here than where it is defined."""
        for target, name, line in self.imports:
            if name not in {target, target.rpartition(".")[2]}:
                yield target, name, line

    def references(self, within: ast.AST | None = None) -> Iterator[tuple[Symbol, int]]:
        """Yield each use of an imported name (`store.add` or `add` alike) and its line, in all or one part."""
        targets = dict(_bound(target, name) for target, name, _ in self.imports)
        for node in ast.walk(within or self.tree):
            if isinstance(node, ast.Name | ast.Attribute) and (target := _resolve(node, targets)):
                module, _, symbol = target.rpartition(".")
                yield (module, symbol), node.lineno


def read_sources(root: Path, packages: Iterable[str] = (*PROGRAM, *CHECKS)) -> dict[str, Source]:
    """Return every module of `packages` in the checkout `root`, by dotted name."""
    sources = {}
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            relative = path.relative_to(root)
            module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
            tree = ast.parse(path.read_text(encoding="utf-8"))
            sources[module] = Source(module, relative, tree, tuple(_imports(tree)))
    return sources


def measure(root: Path) -> list[Figure]:
    """Return all figures of the checkout `root`, which must come first in Python's search path."""
    graph = grimp.build_graph(*PROGRAM, cache_dir=None)
    sources = read_sources(root)
    renamed, beside = renamed_modules(sources, PROGRAM), renamed_modules(sources, CHECKS)
    symbols = renamed_symbols(sources, PROGRAM)
    return [
        within_capabilities(graph),
        circles(graph),
        Figure(
            "renamed",
            "modules of ours imported under another name",
            len(renamed),
            f"at most {MOST_RENAMED}",
            met=len(renamed) <= MOST_RENAMED,
            counted=renamed,
        ),
        written_across(sources),
        screens_across(graph),
        other_roles(sources),
        classes_twice(sources),
        Figure("renamed_symbols", "functions, classes and values under another name", len(symbols), counted=symbols),
        Figure(
            "renamed_beside", "modules under another name in tests, tools and benchmarks", len(beside), counted=beside
        ),
    ]


def _imports(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from ((f"{module}.{alias.name}", alias.asname or alias.name, node.lineno) for alias in names)
            case ast.Import(names=names):
                yield from ((alias.name, alias.asname or alias.name, node.lineno) for alias in names)


def _writers(stores: Mapping[str, Source]) -> set[Symbol]:
    """What stores define that changes rows: by a statement of its own, or by something else of a store that it uses."""
    uses: dict[Symbol, set[Symbol]] = {}
    writers: set[Symbol] = set()
    for module, source in stores.items():
        for target, name, _ in source.imports:  # a package hands on what its modules define
            imported_from, _, symbol = target.rpartition(".")
            uses[module, name] = {(imported_from, symbol)}
        for statement in source.tree.body:
            for name in _defines(statement):
                own = {(module, node.id) for node in ast.walk(statement) if isinstance(node, ast.Name)}
                uses[module, name] = own | {symbol for symbol, _ in source.references(statement)}
                if any(_WRITES.search(text) for text in _strings(statement)):
                    writers.add((module, name))
    while more := {symbol for symbol, used in uses.items() if symbol not in writers and used & writers}:
        writers |= more
    return writers


def _bound(target: str, name: str) -> tuple[str, str]:
    """The name that an import binds, and what that is: `import handlers.themes.store` binds `handlers`."""
    first, dot, _ = name.partition(".")
    return (first, first) if dot else (name, target)


def _resolve(node: ast.expr, targets: Mapping[str, str]) -> str | None:
    """The full name of `store.add` or `handlers.themes.store.add`, by what imports gave; None for anything else."""
    match node:
        case ast.Name(name):
            return targets.get(name)
        case ast.Attribute(value, name):
            owner = _resolve(value, targets)
            return f"{owner}.{name}" if owner else None
    return None


def _defines(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(name)):
            yield name


def _strings(statement: ast.stmt) -> Iterator[str]:
    """Every string within, but for what documents it."""
    documented = {
        id(node.body[0].value)
        for node in ast.walk(statement)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(statement):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


def _of_packages(sources: Mapping[str, Source], packages: Iterable[str]) -> Iterator[Source]:
    wanted = set(packages)
    return (source for module, source in sources.items() if module.partition(".")[0] in wanted)


def _folder(module: str) -> str:
    """The capability a module belongs to, "" for one that belongs to none."""
    parts = module.split(".")
    return parts[1] if parts[0] == "handlers" and len(parts) > 1 else ""


def _is_store(module: str) -> bool:
    """Whether a module of a capability is its store, one of several, or a part of it."""
    return bool(_folder(module)) and any(part == "store" or part.endswith("_store") for part in module.split(".")[2:])


def _counts_for_cohesion(graph: grimp.ImportGraph, module: str) -> bool:
    return (
        _folder(module) not in {"", "navigation"}
        and not module.startswith("handlers.groups.solver.")
        and not graph.find_children(module)
        and module.count(".") > 1
    )


def main() -> int:
    """Print the figures; return 1 if one misses an enforced aim."""
    parser = argparse.ArgumentParser(prog="python -m tools.imports", description="How the modules hang together.")
    parser.add_argument("--list", action="store_true", help="print what each figure counts, too")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1], help="the checkout; default: this one")
    given = parser.parse_args()
    sys.path.insert(0, str(given.root))
    return report(measure(given.root), ENFORCED, everything=given.list)


if __name__ == "__main__":
    sys.exit(main())
