"""Tells given names from family names, where a list has both in one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.content.names import fold, words
from bot.files.columns import LONGEST_CELL

_PARTICLES = frozenset(words("de du des d da di do dos la le el al ben bint abu ibn van von der den ter zu zum af"))


def is_name(cell: str) -> bool:
    """Return whether a cell of a table could be a person's name: at most six words, no digit and no @."""
    return len(cell) <= LONGEST_CELL and "@" not in cell and not any(map(str.isdigit, cell)) and len(cell.split()) <= 6


def is_full_name(cell: str) -> bool:
    """Return whether a cell of a table looks like a given and a family name: two to five words with capital letters."""
    parts = cell.replace(",", " ").split()
    capitals = sum(part[0].isupper() for part in parts)
    return is_name(cell) and 2 <= len(parts) <= 5 and capitals >= 2 and not set("/:;()&") & set(cell)


def begins_with_family(heading: str) -> bool:
    """Return whether the heading of a column of full names says that the family name comes first."""
    said = words(fold(heading))
    families = [
        said.index(word)
        for word in ("nom", "noms", "nachname", "name", "last", "family", "surname", "apellidos", "cognome", "ho")
        if word in said
    ]
    givens = [
        said.index(word)
        for word in ("prenom", "prenoms", "vorname", "vornamen", "first", "given", "nombre", "nome", "ten")
        if word in said
    ]
    return bool(families and givens) and min(families) < min(givens)


_SALUTATION = re.compile(
    r"(?:(mme|mlle|madame|mademoiselle|mrs|ms|miss|frau|m\.|mr|monsieur|herrn?)\.?\s+)", re.IGNORECASE
)


def without_salutation(name: str) -> tuple[str, str]:
    """Return the salutation at the beginning of a name («Mme», '' for none), and the name without it."""
    found = _SALUTATION.match(name)
    return (found[1], name[found.end() :]) if found else ("", name)


def shows_family(whole: str) -> bool:
    """Return whether a full name shows by a comma or by capitals which part is the family name."""
    loud = _loud(whole.split())
    return "," in whole or (any(loud) and not all(loud))


def _loud(parts: Sequence[str]) -> list[bool]:
    return [len(part) > 1 and part.isupper() for part in parts]


def split_name(whole: str, *, family_first: bool) -> tuple[str, str]:
    """Return the given name and the family name of a full name: «Dupont, Marie», «DUPONT Marie», «Marie Van DUPONT».

    A comma or capitals show which is which. Without either, the family name is the first word if `family_first` is
    True.
    """
    family, comma, given = whole.partition(",")
    if comma:
        return given.strip(), family.strip()
    parts = whole.split()
    if shows_family(whole):
        loud = _loud(parts)
        first, last = loud.index(True), len(loud) - loud[::-1].index(True)
        while first > 0 and last == len(parts) and fold(parts[first - 1]) in _PARTICLES:
            first -= 1
        return " ".join([*parts[:first], *parts[last:]]), " ".join(parts[first:last])
    if not family_first:
        given, _space, family = whole.partition(" ")
        return given, family
    end = 1
    while end < len(parts) - 1 and parts[end - 1].casefold().strip("'’") in _PARTICLES:  # «Lê» is none
        end += 1
    return " ".join(parts[end:]), " ".join(parts[:end])
