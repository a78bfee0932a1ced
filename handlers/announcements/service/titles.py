"""The titles of announcements in lists."""

from __future__ import annotations

from bot.content.texts import Localised, Reader, Span, _, plain
from handlers.announcements.store.contents import ELSE, CopiedContent, Lines

_LONGEST_TITLE = 60


def title_of(content: CopiedContent) -> Span:
    """Return the title of an announcement for lists: the beginning of its first line, in every language it has."""
    found = {locale: short for locale, lines in content.words.items() if (short := _beginning(lines))}
    if not found:
        return _("A picture or document")
    first = found.get(ELSE) or next(iter(found.values()))
    return Localised({ELSE: first, **{locale: short for locale, short in found.items() if locale}})


def _beginning(lines: Lines) -> str:
    for line in lines:
        words = " ".join(plain(line, Reader("fr", "UTC")).split())
        if words:
            # A title stands within sentences, which have a full stop of their own.
            words = words if words.endswith("..") else words.removesuffix(".")
            return words if len(words) <= _LONGEST_TITLE else f"{words[: _LONGEST_TITLE - 1].rstrip()}…"
    return ""
