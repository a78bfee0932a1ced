"""Counts lines of the program and boilerplate of screens: `python -m tools.sizes` prints it, `--list` each case.

`ceilings.toml` beside this module has the maximum of each figure. A figure above its ceiling fails the command, and
with it `make check`; a commit that raises a ceiling says why.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tools.figures import Figure, report

CEILINGS = Path(__file__).parent / "ceilings.toml"
EXAMPLE = Path("docs/example/handlers")
"""The folder of the capability that newcomers read first."""
_DECLARES = frozenset({"command", "press", "form", "pick"})
"""The decorators of screens (`bot.conversation.routes.Routes`)."""
_PAGES = frozenset({"◀ Previous", "Next ▶"})
"""The labels of the buttons that turn pages: the function of `handlers.navigation.layout` has one of each."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module: its path in the checkout, its syntax, and how many lines it has."""

    path: Path
    tree: ast.Module
    lines: int

    def at(self, node: ast.stmt | ast.expr) -> str:
        """Return the place of a statement as editors understand it, «path:line»."""
        return f"{self.path.as_posix()}:{node.lineno}:"

    def screens(self) -> Iterator[ast.AsyncFunctionDef]:
        """Yield the handlers that are declared here for commands, buttons, forms and choices."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.AsyncFunctionDef) and any(map(_declares_screen, node.decorator_list)):
                yield node

    def names_of_bot(self) -> Iterator[str]:
        """Yield the names that are imported from the engine (bot/)."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "bot":
                yield from (alias.name for alias in node.names)

    def imported(self) -> int:
        """Return how many statements import something from the program or its dependencies."""
        return sum(
            isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__"
            for node in ast.walk(self.tree)
        )


def read_modules(root: Path, folder: str | Path) -> list[Module]:
    """Return every module below a folder of the checkout `root`."""
    modules = []
    for path in sorted((root / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        modules.append(Module(path.relative_to(root), ast.parse(text), text.count("\n")))
    return modules


def measure(root: Path, ceilings: Mapping[str, int]) -> list[Figure]:
    """Return all figures of the checkout `root`; `ceilings` are their maxima by key. Figures without one are only
    printed.
    """
    bot, handlers, benchmarks = (read_modules(root, folder) for folder in ("bot", "handlers", "benchmarks"))
    example = read_modules(root, EXAMPLE)
    plain = [module for module in example if module.path.name != "grids.py"]
    grids = [module for module in (*handlers, *example) if module.path.name == "grids.py"]
    grids.sort(key=lambda module: module.lines)
    screens = [module for module in handlers if any(module.screens())]

    def figure(key: str, name: str, counted: int | Sequence[str]) -> Figure:
        number, each = (counted, ()) if isinstance(counted, int) else (len(counted), counted)
        most = ceilings.get(key)
        aim = "" if most is None else f"at most {most}"
        return Figure(key, name, number, aim, met=most is None or number <= most, counted=each)

    return [
        *(
            figure(f"lines_{name}", f"lines of {name}/", sum(module.lines for module in modules))
            for name, modules in (("bot", bot), ("handlers", handlers), ("benchmarks", benchmarks))
        ),
        *(figure(f"lines_{name}", f"lines of handlers/{name}/", n) for name, n in _by_part(handlers, 1).items()),
        *(figure(f"role_{name}", f"lines in the role {name}", n) for name, n in _by_part(handlers, 2).items()),
        figure("lines_example", "lines of the example, without its table", sum(module.lines for module in plain)),
        figure("names_example", "names of bot/ that the example uses, without its table", _names(plain)),
        *(figure("longest_grid", f"lines of {each.path}", each.lines) for each in grids[-1:]),
        figure("names_handlers", "names of bot/ that handlers use", len(_names(handlers))),
        figure("actions", "subclasses of Action in the program", _actions([*bot, *handlers])),
        figure("action_fields", "fields read off an action in handlers", _fields_of_actions(handlers)),
        figure("fingerprints", "fingerprints that handlers compare themselves", _fingerprints(handlers)),
        figure("questions", "screens and actions that only ask whether one is sure", _questions(handlers)),
        figure("paging", "buttons that turn pages, made by hand", _paging(handlers)),
        figure("one_statement", "handlers of one statement", _one_statement(handlers)),
        figure("imports", "imports of a screen's module, median", int(median(map(Module.imported, screens)))),
    ]


def _by_part(modules: Sequence[Module], position: int) -> dict[str, int]:
    """How many lines stand under each name at a position of the path (1: the capability, 2: the role), most first."""
    lines: Counter[str] = Counter()
    for module in modules:
        if len(module.path.parts) > position:
            lines[module.path.parts[position].removesuffix(".py")] += module.lines
    return dict(lines.most_common())


def _names(modules: Sequence[Module]) -> list[str]:
    return sorted({name for module in modules for name in module.names_of_bot()})


def _actions(modules: Sequence[Module]) -> list[str]:
    return [
        f"{module.at(node)} {node.name}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and any(keyword.arg == "code" for keyword in node.keywords)
    ]


def _fields_of_actions(modules: Sequence[Module]) -> list[str]:
    return [
        f"{module.at(node)} {ast.unparse(node)}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "action"
    ]


def _fingerprints(modules: Sequence[Module]) -> list[str]:
    return [
        f"{module.at(screen)} {screen.name}"
        for module in modules
        for screen in module.screens()
        if any(argument.arg in {"seen", "shown", "digest"} for argument in screen.args.args)
    ]


def _questions(modules: Sequence[Module]) -> list[str]:
    return [
        f"{module.at(screen)} {screen.name}"
        for module in modules
        for screen in module.screens()
        if screen.name.startswith(("ask_to_", "confirm"))
    ]


def _paging(modules: Sequence[Module]) -> list[str]:
    return [
        f"{module.at(node)} {node.value}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and node.value in _PAGES
        if module.path != Path("handlers/navigation/layout.py")
    ]


def _one_statement(modules: Sequence[Module]) -> list[str]:
    return [
        f"{module.at(screen)} {screen.name}"
        for module in modules
        for screen in module.screens()
        if len(screen.body) - isinstance(ast.get_docstring(screen), str) == 1
    ]


def _declares_screen(decorator: ast.expr) -> bool:
    match decorator:
        case ast.Call(func=ast.Attribute(value=ast.Name("routes"), attr=attribute)):
            return attribute in _DECLARES
    return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of this checkout; return 1 if one is above its ceiling."""
    parser = argparse.ArgumentParser(prog="python -m tools.sizes", description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="also what each figure counts")
    wanted = parser.parse_args(arguments)
    ceilings = tomllib.loads(CEILINGS.read_text(encoding="utf-8"))
    return report(measure(Path.cwd(), ceilings), ceilings.keys(), everything=wanted.list)


if __name__ == "__main__":
    sys.exit(main())
