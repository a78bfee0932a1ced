"""Recognises and normalises codes as people type them."""

from __future__ import annotations

import re

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""The characters of codes: capital letters and digits without 0, 1, I, L and O, which look alike."""
INVITATION, LINK = 12, 8
"""The number of characters in the code of an invitation, and in a code that links a second account to a person."""

_BETWEEN = re.compile(r"[\s_.·‐-―−-]+")


def normalise(code: str) -> str:
    """Return a typed code in capitals, without dashes and blanks."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def spell(code: str) -> str:
    """Return a code as it is shown to people: in groups of four characters, joined by dashes."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def might_be(text: str) -> bool:
    """Return whether a text may be an invitation code or link code, in one piece or in groups of four characters.

    Returns True also for some ordinary words that look like codes.
    """
    groups = _BETWEEN.split(text.strip())
    signs = "".join(groups).upper()
    whole = len(groups) == 1 or all(len(group) == 4 for group in groups)
    return whole and len(signs) in (INVITATION, LINK) and all(sign in ALPHABET for sign in signs)


def must_be(text: str) -> bool:
    """Return whether a text is certainly meant as an invitation or link code, perhaps with a mistake.

    Returns False for texts that could also be words, such as a code without digits typed in one piece or with blanks;
    `might_be` returns True for them.
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
