"""Finds phrases that make a reader look back, in comments and documents: `python -m tools.wording` prints them.

A sentence should name the thing that it speaks of. «The digest is that of the content» has to be read twice; «the
digest of the content» does not. Docstrings, comments and the pages in English are searched, across line ends. `make
check` fails if there is one; even where «that of» is plain English, another word is not longer.
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.figures import none_of, report

FOLDERS = ("bot", "handlers", "tests", "tools", "benchmarks", "docs/example")
"""The folders with code whose docstrings and comments are searched."""
PAGES = (
    "README.md",
    "docs/platforms.md",
    "docs/web-server.md",
    "docs/commands.md",
    "docs/hosting.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "config.example.toml",
    "docs/architecture.md",
    "docs/logs.md",
)
"""The pages in English that are searched, besides the decisions."""
PHRASES = re.compile(r"\b(?:(?:that|those) of|whose own it is|what became of|so is|of before|nothing of it)\b", re.I)
_MARGIN = re.compile(r"\s*\n\s*(?:#:? )?\s*")
_OURS = {"tools/wording.py", "tests/tools/test_wording.py"}
"""This module and its test, which name the phrases."""


def find_phrases(text: str) -> Iterator[str]:
    """Yield the phrases in a text, each with some words around it."""
    plain = _MARGIN.sub(" ", text)
    for found in PHRASES.finditer(plain):
        yield f"…{plain[max(0, found.start() - 40) : found.end() + 30].strip()}…"


def prose_of(source: str) -> Iterator[tuple[int, str]]:
    """Yield the docstrings and comments of a module, each with its line; adjacent comment lines are one comment."""
    comment: list[str] = []
    began = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            began = token.start[0] if not comment else began
            comment.append(token.string.lstrip("#: "))
            continue
        if comment and token.type != tokenize.NL:
            yield began, " ".join(comment)
            comment = []
        if token.type == tokenize.STRING and token.string.lstrip("rR").startswith('"""'):
            yield token.start[0], token.string


def check(root: Path) -> list[str]:
    """Return each place in a checkout that has one of the phrases, as editors understand it, «path:line»."""
    found = []
    for path in _modules(root):
        place = path.relative_to(root).as_posix()
        if place not in _OURS:
            for line, prose in prose_of(path.read_text(encoding="utf-8")):
                found += [f"{place}:{line}: {phrase}" for phrase in find_phrases(prose)]
    for path in (*(root / page for page in PAGES), *sorted((root / "docs/decisions").glob("*.md"))):
        if path.exists():
            found += [
                f"{path.relative_to(root).as_posix()}: {phrase}" for phrase in find_phrases(path.read_text("utf-8"))
            ]
    return found


def _modules(root: Path) -> Iterable[Path]:
    return sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py"))


def main() -> int:
    """Print the places in this checkout that have one of the phrases; return 1 if there are any."""
    return report([none_of("wording", "phrases that make a reader look back", check(Path.cwd()))], {"wording"})


if __name__ == "__main__":
    sys.exit(main())
