"""Runs a benchmark by its name, `python -m benchmarks NAME …`; without a name, lists those there are."""

from __future__ import annotations

import ast
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

_RUNS = 'if __name__ == "__main__":'


def benchmarks() -> Iterator[tuple[str, str]]:
    """Yield the name of each module that can be run, and the first line of its docstring."""
    for file in sorted(Path(__file__).parent.glob("*.py")):
        source = file.read_text(encoding="utf-8")
        if not file.stem.startswith("_") and _RUNS in source:
            yield file.stem, (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def main() -> None:
    known = dict(benchmarks())
    if len(sys.argv) < 2:
        for name, line in known.items():
            print(f"{name:20} {line}")
        return
    name = sys.argv.pop(1)
    if name not in known:
        sys.exit(f"no benchmark {name!r}: python -m benchmarks lists them")
    runpy.run_module(f"benchmarks.{name}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
