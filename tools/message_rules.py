"""Pure functions that check words of messages: placeholders, no markup, the typography of each language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from string import Formatter

NO_BREAK = "\u00a0"
NARROW = "\u202f"

_SPACES = f"[ {NO_BREAK}{NARROW}]*"
_FRENCH = [
    (re.compile("'"), "’"),
    (re.compile(r"\.\.\."), "…"),
    (re.compile(r'"([^"]*)"'), r"«\1»"),
    (re.compile(f"«{_SPACES}"), f"«{NO_BREAK}"),
    (re.compile(f"{_SPACES}»"), f"{NO_BREAK}»"),
    # Only before a space, a closing sign or the end: the address «?start=» and the hour 14:00 keep theirs.
    (re.compile(rf"(?<=\S){_SPACES}([?!;]+)(?=[\s)»]|$)"), rf"{NARROW}\1"),
    (re.compile(rf"(?<=\S){_SPACES}:(?=\s|$)"), f"{NO_BREAK}:"),
    # A number, or what stands for one, and its unit; not the pronoun of «{name} s’en occupe».
    (re.compile(r"(?<=[\d}]) (?=(?:%|h|min|s|Mo)(?![\w’]))"), NO_BREAK),
    (re.compile(rf"(?<=\d{NO_BREAK}h) (?=\d\d)"), NO_BREAK),
    (re.compile(r"(?<=✓) "), NO_BREAK),
]

_GERMAN = re.compile("[«“”]([^«»„“”]*)[»”]")

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_MARKUP = re.compile(
    r"</?[a-z][^>]*>|&(?:[a-z]+|#\w+);"  # HTML
    r"|`|\[[^\]]*\]\([^)]*\)|^#+ |\*\*|__|~~"  # Markdown: code, link, title, strong, struck
    r"|(?<![\w*])\*[^\s*][^*]*\*(?!\w)|(?<!\w)_[^\s_][^_]*_(?!\w)",  # Markdown: emphasis
    re.IGNORECASE | re.MULTILINE,
)


def french(text: str) -> str:
    """Return the text with French apostrophes, quotation marks, ellipses and no-break spaces; correct text stays."""
    for pattern, right in _FRENCH:
        text = pattern.sub(right, text)
    return text


def english(text: str) -> str:
    """Return the text with English quotation marks; correct text stays."""
    return text.replace("«", "“").replace("»", "”")


def german(text: str) -> str:
    """Return the text with German quotation marks; correct text stays."""
    return _GERMAN.sub(r"„\1“", text)


TYPOGRAPHY: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "fr": ("French", french),
    "en": ("English", english),
    "de": ("German", german),
}
"""By locale the name of its language, and what corrects the signs of a text."""


def markup(text: str) -> str | None:
    """Return the first piece of HTML or Markdown in a message; None if it is plain, as it should be."""
    found = _MARKUP.search(_PLACEHOLDER.sub("…", text))
    return found.group() if found else None


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces. Raises ValueError for braces that do not match, or contain more than a plain name."""
    names = set()
    for _literal, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if spec or conversion or not name.isidentifier():
            raise ValueError(f"{{{name}}} is more than a plain name")
        names.add(name)
    return frozenset(names)
