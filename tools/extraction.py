"""Finds the messages in the code, and makes the template and paths of catalogues.

Babel finds the messages, polib handles the files. No dates are written, and a message's place is only its file, so that
a catalogue changes only when words do.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import extract

LONG = "L10N: long"
"""A comment above a message that may be longer than usual."""
NEVER_ZERO = "L10N: never zero"
"""A comment above a message whose count is never 0."""

_KEYWORDS = {"_": None, "_n": (1, 2)}
_SOURCES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("bot/**/*.py", "python", {}),
    ("handlers/**/*.py", "python", {}),
    ("bot/**/templates/**/*.html", "jinja2.ext:babel_extract", {"silent": "false"}),
    ("handlers/**/templates/**/*.html", "jinja2.ext:babel_extract", {"silent": "false"}),
)


def template_path(root: Path) -> Path:
    """Return the path of the template."""
    return root / "locales" / "messages.pot"


def catalogue_path(root: Path, locale: str) -> Path:
    """Return the path of a locale's catalogue."""
    return root / "locales" / locale / "LC_MESSAGES" / "messages.po"


def new_catalogue(**headers: str) -> polib.POFile:
    """Return an empty catalogue with the headers that gettext needs."""
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.header = "make catalogues keeps this file: translate each msgstr, the rest comes from the code."
    catalogue.metadata = {"MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8", **headers}
    return catalogue


def template(root: Path) -> polib.POFile:
    """Return a template of all messages in the code under `root`, by file and then in order of first use."""
    entries: dict[str, polib.POEntry] = {}
    for path, ids, comments in _messages(root):
        singular, plural = ids if isinstance(ids, tuple) else (ids, "")
        entry = entries.setdefault(singular, polib.POEntry(msgid=singular))
        if plural:
            entry.msgid_plural = plural
            entry.msgstr_plural = {0: "", 1: ""}
        if (path, "") not in entry.occurrences:
            entry.occurrences.append((path, ""))
        entry.comment = "\n".join(dict.fromkeys([*entry.comment.splitlines(), *comments]))
    found = new_catalogue()
    found.extend(entries.values())
    return found


def _messages(root: Path) -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    files = ((path, method, options) for pattern, method, options in _SOURCES for path in root.glob(pattern))
    for path, method, options in sorted(files, key=itemgetter(0)):
        content = path.read_bytes()
        if method == "python" and not any(f"{keyword}(".encode() in content for keyword in _KEYWORDS):
            continue  # half of the code has no message, and to look for them takes most of the time
        for _line, ids, comments, _context in extract(
            method, BytesIO(content), keywords=_KEYWORDS, comment_tags=("L10N:",), options=options
        ):
            yield path.relative_to(root).as_posix(), ids, comments
