"""Runs a benchmark by its name, `python -m benchmarks NAME …`; without a name, lists all benchmarks."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

_RUNS = "\ndef main() -> None:\n"


def benchmarks() -> Iterator[tuple[str, str]]:
    """Yield the name of each benchmark's module, and the first sentence of its docstring."""
    for file in sorted(Path(__file__).parent.glob("[!_]*.py")):
        source = file.read_text(encoding="utf-8")
        if _RUNS in source:
            yield file.stem, (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def main() -> None:
    known = dict(benchmarks())
    if len(sys.argv) < 2:
        for name, sentence in known.items():
            print(f"{name:12} {sentence}")
        return
    name = sys.argv.pop(1)
    if name not in known:
        sys.exit(f"There is no benchmark {name!r}. There are: {', '.join(known)}.")
    sys.argv[0] = f"python -m benchmarks {name}"
    importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
