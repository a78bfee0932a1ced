"""Recognises what servers, robots and people say in mails, in six languages, by the phrases in phrases.toml."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

TABLES = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))


def simplified(text: str) -> str:
    """Return a text in small letters without accents, and with one space between words, to search words in it."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def listed(table: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    """Return the lists in a table of phrases.toml, by key; the file has them as texts with commas."""
    return {key: [" ".join(each.split()) for each in said.split(",")] for key, said in table.items()}


def _any(meaning: str, table: Mapping[str, str]) -> re.Pattern[str]:
    """Return a pattern for any phrase with a meaning, at the beginning of a word; politeness is whole words."""
    phrases = (
        re.escape(phrase).replace(r"\ …\ ", r"\b.{0,60}\b") for said in listed(table).values() for phrase in said
    )
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(phrases)}){'(?![a-z0-9-])' if meaning == 'polite' else ''}")


PATTERNS: Mapping[str, re.Pattern[str]] = {
    **{meaning: _any(meaning, table) for meaning, table in TABLES["said"].items()},
    **{name: re.compile(pattern) for name, pattern in TABLES["patterns"].items()},
}
"""The patterns by which what is said is recognised in a simplified text, by meaning."""


def says(text: str, *meanings: str) -> bool:
    """Return whether a simplified text contains a phrase with one of these meanings."""
    return any(PATTERNS[meaning].search(text) for meaning in meanings)


def begins(text: str, *meanings: str) -> bool:
    """Return whether a simplified text begins with a phrase with one of these meanings."""
    return any(PATTERNS[meaning].match(text) for meaning in meanings)
