"""Puts the spaces and apostrophes of French typography into texts that are drawn or printed."""

from __future__ import annotations

import re

_NARROW = "\u202f"
_BLANK = "[ \u00a0\u202f]"
_RULES = (
    (re.compile(f"«{_BLANK}*"), f"«{_NARROW}"),
    (re.compile(f"{_BLANK}*»"), f"{_NARROW}»"),
    (re.compile(rf"{_BLANK}+([:;!?])(?=[\s»)!?]|$)"), rf"{_NARROW}\1"),
    (re.compile(rf"(?<=\d){_BLANK}(?=\d{{3}}(?!\d))"), _NARROW),
    (re.compile(rf"(?<![\w/=-])([01]?\d|2[0-3]){_BLANK}?h{_BLANK}?([0-5]\d)(?![\w/])"), rf"\1{_NARROW}h{_NARROW}\2"),
    (re.compile(r"(?<![\w/=:-])0?(\d|1\d|2[0-3]):([0-5]\d)(?![\w/:])"), rf"\1{_NARROW}h{_NARROW}\2"),
    (re.compile(rf"(?<={_NARROW}h){_NARROW}00\b"), ""),
)
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")


def french(text: str) -> str:
    """Return a text with the narrow non-breaking spaces that French typography needs.

    They are put inside guillemets, in place of a space before «:», «;», «!» and «?», and between thousands. Times of
    day are written «9 h 30». A text whose only spaces are inside guillemets gets no others, because it may be in
    another language.
    """
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def curved(text: str) -> str:
    """Return a text with curved apostrophes between letters; do not use it for names, which stay as written."""
    return _APOSTROPHE.sub("\u2019", text)
