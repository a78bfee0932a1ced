"""Defines guests, rules and tables, of which plans of encounters are made. Importing this loads no library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Rule = Literal["language", "group", "twice"]

WEIGHED: Final[tuple[Rule, ...]] = ("language", "group", "twice")
"""The rules that a plan may break, the weakest first."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A person who takes part in encounters.

    `group` is the id of the group in which the person works, None for none. `languages` are the locales that the person
    speaks; `seeks` and `offers` are the codes of what they look for and bring.
    """

    id: int
    territory: str
    group: int | None = None
    languages: frozenset[str] = frozenset()
    seeks: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """What organisers and guests decided about pairs of people; each pair has the lower id first.

    Pairs `apart` never sit at one table. Pairs `together` do, once, if that is possible.
    """

    apart: frozenset[tuple[int, int]] = frozenset()
    together: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """Two or three people (ids) who sit together in one seating, and the rules that this table breaks."""

    people: tuple[int, ...]
    broken: frozenset[Rule] = frozenset()


NO_RULES: Final = Rules()
"""No rules: no pair of people is kept together or apart."""
