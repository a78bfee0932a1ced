"""Finds the test files nearest to files of the checkout: in folders of the same name, or importing these files.

Other tests that reach the files through the chat are not found; `tools.mutants.reaching` finds these by running tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.imports import Source, read_sources

SEE_ALL_CAPABILITIES = (Path("tests/conversation/test_payloads.py"), Path("tests/test_documentation.py"))
"""The tests of what all capabilities declare, such as codes of buttons and names of commands."""


def near_tests(root: Path, changed: Iterable[Path]) -> list[Path]:
    """Return the test files nearest to the files `changed` in the checkout `root`; all paths are relative to it.

    Deleted files count too.
    """
    changed = list(changed)
    found = {test for path in changed for test in _by_name(root, path)}
    modules = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in changed if _is_module(path)}
    importing = (source.path for source in read_sources(root, ["tests"]).values() if _imports_any(source, modules))
    found.update(path for path in importing if _is_test(path))
    return sorted(path for path in found if (root / path).is_file())


def _by_name(root: Path, path: Path) -> Iterator[Path]:
    """The files of tests that a name leads to, whether they are there or not."""
    match path.parts:
        case ("tests", *_):
            if _is_test(path):
                yield path
            elif path.name == "conftest.py" and len(path.parts) > 2:
                yield from _tests_in(root, path.parent)
        case ("bot" | "handlers", _):
            yield Path("tests", f"test_{path.stem}.py")
        case ("bot" | "handlers" as package, *folders, _):
            if package == "handlers":
                yield from SEE_ALL_CAPABILITIES
            while len(folders) > 1 and not (root / Path("tests", *folders)).is_dir():
                folders.pop()
            yield from _tests_in(root, Path("tests", *folders))
        case ("tools", name, *_):
            yield Path("tests", "tools", f"test_{Path(name).stem}.py")
        case ("docs", "example", *_):
            yield Path("tests", "test_example.py")
    if path.suffix == ".md":
        yield Path("tests", "test_documentation.py")


def _tests_in(root: Path, folder: Path) -> Iterator[Path]:
    return (path.relative_to(root) for path in (root / folder).glob("test_*.py"))


def _imports_any(source: Source, modules: set[str]) -> bool:
    """Whether it imports one of these modules, or a name out of one."""
    return any(target in modules or target.rpartition(".")[0] in modules for target, _name, _line in source.imports)


def _is_test(path: Path) -> bool:
    return path.name.startswith("test_") and _is_module(path)


def _is_module(path: Path) -> bool:
    return path.suffix == ".py"
