"""Workshops: phases, a phase as one group lives it, and who speaks in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.people.listed import Gender

Collects = Literal["facts", "challenge", "solution", "territories", "ideas"]
"""What a phase makes. «ideas»: nothing but the ideas, and a synthesis in free words."""
Category = Literal["", "fact", "need", "scheme"]
"""What an idea of a phase that collects facts is: a fact, a need, a scheme that exists. '' elsewhere."""
RunState = Literal["running", "paused", "ended"]
IdeaState = Literal["live", "late", "offered", "homeless", "withdrawn", "asked"]
"""Where an idea stands. «asked»: its author is asked whether it is one, and nobody else reads it."""
Words = Mapping[str, str]
"""Words per locale; a locale that is not there reads the first."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the method, as configured. `position` counts from 0."""

    key: str
    position: int
    title: Words
    instruction: Words
    example: Words
    minutes: int
    collects: Collects


@dataclass(frozen=True, slots=True)
class PhaseRun:
    """A phase as one group lives it, in UTC. `ends_at` is None while it is paused, `remaining` unless it is."""

    id: int
    group_id: int
    phase: str
    state: RunState
    started_at: datetime
    ends_at: datetime | None
    remaining: timedelta | None
    revealed_at: datetime | None
    ended_at: datetime | None
    writer_id: int | None

    @property
    def open(self) -> bool:
        """Whether ideas are taken: it runs, or is paused."""
        return self.state != "ended"

    @property
    def revealed(self) -> bool:
        """Whether members read each other's ideas; once it ended they do."""
        return self.revealed_at is not None


@dataclass(frozen=True, slots=True)
class Idea:
    """What someone said during a phase. `author_id` is None once they were erased, `group_id` while they have none."""

    id: int
    group_id: int | None
    theme: str | None
    phase: str
    author_id: int | None
    territory: str
    category: Category
    text: str
    anonymous: bool
    state: IdeaState
    parent_id: int | None
    merged_into: int | None
    hidden: bool
    created_at: datetime

    @property
    def counts(self) -> bool:
        """Whether it stands on the wall and in exports by itself."""
        return self.state == "live" and not self.hidden and self.merged_into is None


# --- Who speaks, women or men: shares of what was said, told only where nobody can be recognised in them.


FEWEST = 5
"""People a number must be about."""


@dataclass(frozen=True, slots=True)
class IdeaCount:
    """What some people said: how many ideas, from how many of them."""

    ideas: int
    people: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Of 100 ideas, those of women, men, and everyone else; they add up to 100."""

    women: int
    men: int
    others: int


def shares(said: Mapping[str, IdeaCount]) -> Shares | None:
    """The shares within what was said by gender ('' for not known); None where they would tell of too few people.

    If there are a few in any category, none is told: what is left out could be had by subtraction.
    """
    none = IdeaCount(0, 0)
    women, men = said.get(Gender.WOMAN, none), said.get(Gender.MAN, none)
    rest = [each for gender, each in said.items() if gender not in (Gender.WOMAN, Gender.MAN)]
    others = IdeaCount(sum(each.ideas for each in rest), sum(each.people for each in rest))
    if women.people < FEWEST or men.people < FEWEST or 0 < others.people < FEWEST:
        return None
    total = women.ideas + men.ideas + others.ideas
    of_women, of_others = round(100 * women.ideas / total), round(100 * others.ideas / total)
    return Shares(of_women, 100 - of_women - of_others, of_others)
