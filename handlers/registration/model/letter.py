"""Checks and fills in the text of invitations that organisers write, with placeholders in braces such as «{link}»."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from bot.content.i18n import LOCALES
from bot.content.names import fold, words
from bot.content.texts import Joined, Listing, Name, Reader, Span, Text, _, plain

PLACEHOLDERS: Mapping[str, Text] = {
    # L10N: a word that organisers write in braces in the text of an invitation, from here on
    "name": _("first name"),
    "dates": _("dates"),
    "place": _("place"),
    "deadline": _("deadline"),
    "link": _("link"),
    "code": _("code"),
    "contact": _("contact"),
}
"""What can stand in braces in an invitation. Each language has its own words; all of them work in every text.

So a text that was copied to be translated works before its braces are translated too.
"""
_IN_BRACES = re.compile(r"\{([^{}\n]*)\}")
_ADDRESS = re.compile(r"https?://[^\s<>]+")
_PERSONAL = re.compile(r"[?&]start=[jo]-|/p/[A-Z0-9]{26}\b", re.IGNORECASE)
"""The part of an address by which a person joins: it is for one person alone."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """The facts that are the same in all invitations: the gathering's `place`, a `contact` for questions, a `deadline`.

    `place` and `contact` are '' if invitations do not mention them. People should join before the instant `deadline`.
    """

    place: str
    contact: str
    deadline: datetime


def placeholder(key: str) -> Span:
    """Return the placeholder that texts have for a key of PLACEHOLDERS, in the reader's language: «{first name}»."""
    return Joined(("{", PLACEHOLDERS[key], "}"))


def all_placeholders() -> Listing:
    """Return all placeholders that an invitation can contain, in the reader's language."""
    return Listing(tuple(map(placeholder, PLACEHOLDERS)))


def _folded(word: str) -> str:
    return " ".join(words(fold(word)))


@cache
def _keys() -> Mapping[str, str]:
    return {
        _folded(plain(word, Reader(locale, "UTC"))): key for key, word in PLACEHOLDERS.items() for locale in LOCALES
    }


def used_in(text: str) -> Sequence[str]:
    """Return the keys of the placeholders in a text, in any language; unknown words in braces are ignored."""
    return [key for word in _IN_BRACES.findall(text) if (key := _keys().get(_folded(word)))]


def problem_with(text: str) -> Text | None:
    """Return why a text cannot be sent as an invitation; None if it can.

    The text must contain the placeholder for the link, or nobody could join. It must not contain one person's own link,
    or everybody would join as that person. If a word in braces is unknown, the reason names the word.
    """
    unknown = [word for word in _IN_BRACES.findall(text) if _folded(word) not in _keys()]
    if unknown:
        return _(
            "{unknown} means nothing here. In braces can stand: {known}.",
            unknown=Listing(tuple(Name(f"{{{word}}}") for word in dict.fromkeys(unknown))),
            known=all_placeholders(),
        )
    if personal := next(filter(_PERSONAL.search, _ADDRESS.findall(text)), None):
        return _(
            "«{address}» is one person's own invitation: everybody would join as that person. Write {link} instead.",
            address=Name(personal),
            link=placeholder("link"),
        )
    if "link" not in used_in(text):
        return _(
            "Without {link} nobody could join: it becomes each person's own link. Put it where the link shall stand.",
            link=placeholder("link"),
        )
    return None


def addresses_in(text: str) -> Sequence[str]:
    """Return the web addresses that organisers wrote into a text; every recipient gets the same ones."""
    return _ADDRESS.findall(text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text in which each placeholder is replaced with its value; `values` are by key of PLACEHOLDERS.

    A line is left out if it has a placeholder whose value is ''.
    """

    def value(found: re.Match[str]) -> str:
        return values.get(_keys().get(_folded(found[1]), ""), found[0])

    lines = (line for line in text.splitlines() if all(values[key] for key in used_in(line)))
    return "\n".join(_IN_BRACES.sub(value, line) for line in lines)
