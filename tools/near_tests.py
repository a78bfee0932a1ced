"""Which files of tests are nearest to files of the checkout: those in folders of the same name, and who imports them.

What tests do through the chat, from elsewhere, is not seen: `tools.mutants.reaching` finds that, by running them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.imports import Source, read_sources

SEE_ALL_CAPABILITIES = (Path("tests/conversation/test_payloads.py"), Path("tests/test_documentation.py"))
"""Tests of what all capabilities declare, such as codes of buttons and names of commands."""


def near_tests(root: Path, changed: Iterable[Path]) -> list[Path]:
    """Return the files of tests that are nearest to files of the checkout `root`; all paths are relative to it.

    Files that were deleted count too.
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
