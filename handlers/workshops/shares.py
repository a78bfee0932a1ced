"""Who speaks, women or men: shares of what was said, told only where nobody can be recognised in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.people.listed import Gender

FEWEST = 5
"""People a number must be about."""


@dataclass(frozen=True, slots=True)
class Said:
    """What some people said: how many ideas, from how many of them."""

    ideas: int
    people: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Of 100 ideas, those of women, men, and everyone else; they add up to 100."""

    women: int
    men: int
    others: int


def shares(said: Mapping[str, Said]) -> Shares | None:
    """The shares within what was said by gender ('' for not known); None where they would tell of too few people.

    If there are a few in any category, none is told: what is left out could be had by subtraction.
    """
    none = Said(0, 0)
    women, men = said.get(Gender.WOMAN, none), said.get(Gender.MAN, none)
    rest = [each for gender, each in said.items() if gender not in (Gender.WOMAN, Gender.MAN)]
    others = Said(sum(each.ideas for each in rest), sum(each.people for each in rest))
    if women.people < FEWEST or men.people < FEWEST or 0 < others.people < FEWEST:
        return None
    total = women.ideas + men.ideas + others.ideas
    of_women, of_others = round(100 * women.ideas / total), round(100 * others.ideas / total)
    return Shares(of_women, 100 - of_women - of_others, of_others)
