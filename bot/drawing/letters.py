"""Prepares texts for typesetting: letters that no font has are replaced, control characters are removed."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FILE = Path(__file__).with_name("letters.txt")
"""Which letters the fonts have: ranges of code points. `make letters` writes it from the fonts themselves."""
CJK = "manimgx_fonts_cjk"
"""The package of Chinese, Japanese and Korean fonts, which may be missing. In FILE, its name precedes its letters."""
_MISSING = "\u25a1"
_BREAK = "\u200b"
_LONGEST_WORD = 24  # letters; a longer one may be broken, so that it leaves no box
_PIECE = re.compile(rf"[^\s{_BREAK}\u00ad-]{{{_LONGEST_WORD + 1},}}")
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u206f\ufeff"
    "\ud800-\udfff\ufdd0-\ufdef\ufff9-\uffff]"
)
"""Controls, marks of direction, halves of characters, and code points that are no characters."""
_MOST_MARKS = 4
_MARKED = re.compile(rf"((?:[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]){{{_MOST_MARKS}}})"
                     r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")  # fmt: skip


def drawable(text: str) -> str:
    """Return a text in a form that can be typeset: without control characters, and with letters that some font has.

    A letter that no font has is replaced with one of the same meaning or, if there is none, with a square. A letter
    keeps at most four accents, and a line may break inside words of more than 24 letters.
    """
    if text.isascii() and text.isprintable():
        return _PIECE.sub(_broken, text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    text = _missing().sub(_replaced, _MARKED.sub(r"\1", text))
    return _PIECE.sub(_broken, text)


def _replaced(match: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", match[0])
    return plain if not _missing().search(plain) else _MISSING


def _broken(match: re.Match[str]) -> str:
    """Return a long word with places where it may be broken, none of them before a mark or a joiner."""
    word, half = match[0], _LONGEST_WORD // 2
    parts, start = [], 0
    for end in range(half, len(word), half):
        if not unicodedata.combining(word[end]) and "\u200d" not in word[end - 1 : end + 1] and word[end] != "\ufe0f":
            parts.append(word[start:end])
            start = end
    return _BREAK.join([*parts, word[start:]])


@cache
def _missing() -> re.Pattern[str]:
    """Return what matches each letter that no installed font has."""
    common, _name, cjk = FILE.read_text("ascii").partition(f"{CJK}\n")
    lines = common.split() + (cjk.split() if find_spec(CJK) else [])
    ranges = "".join("-".join(f"\\U{int(end, 16):08x}" for end in line.split("-")) for line in lines)
    return re.compile(f"[^\n{_BREAK}{ranges}]")
