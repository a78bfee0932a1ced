"""Recognises codes as people type them."""

from __future__ import annotations

import re

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""The characters of codes. None of them reads like another one: neither O nor 0, neither I, L nor 1."""
INVITATION, LINK = 12, 8
"""The number of characters in an invitation's code, and in a code that links two accounts."""

_BETWEEN = re.compile(r"[\s_.·‐-―−-]+")


def normalise(code: str) -> str:
    """Return a code as people type it, without dashes and blanks, in capitals."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def spell(code: str) -> str:
    """Return a code as people read it: in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def might_be(text: str) -> bool:
    """Return whether a text has the characters of a code, in groups of four or in one piece, as some words do too."""
    groups = _BETWEEN.split(text.strip())
    signs = "".join(groups).upper()
    whole = len(groups) == 1 or all(len(group) == 4 for group in groups)
    return whole and len(signs) in (INVITATION, LINK) and all(sign in ALPHABET for sign in signs)


def must_be(text: str) -> bool:
    """Return whether a text can hardly be anything but a code, perhaps a mistyped one: nobody's words look like it.

    A code without any digit that is typed in one piece, or with blanks, only `might_be` one.
    """
    text = text.strip()
    groups = _BETWEEN.split(text)
    signs = "".join(groups)
    if not (signs.isascii() and signs.isalnum()) or len(signs) not in (INVITATION, LINK):
        return False
    if len(groups) > 1 and any(len(group) != 4 for group in groups):
        return False
    mixed = any(sign.isdigit() for sign in signs) and any(sign.isalpha() for sign in signs)
    joined = len(groups) > 1 and not any(sign.isspace() for sign in text)
    if len(signs) == LINK:
        return joined and (mixed or signs.isupper())
    return mixed or joined
