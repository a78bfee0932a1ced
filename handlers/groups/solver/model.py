"""What a solver is given and what it gives back: the people of one theme, the rules for them, and their groups.

Levels are compared in their order: a later one never costs an earlier one anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

Numbers = Mapping[int, tuple[str, ...]]
"""Groups by their number, counted from 1 (a dissolved group leaves a gap), each the ids of its members."""


class Level(StrEnum):
    """What is minimised (maximised for the worst group), in this order."""

    MOVES = "moves"
    MET_AGAIN = "met_again"
    REPEATS = "repeats"
    COMPATRIOTS = "compatriots"
    WORST_GROUP = "worst_group"
    GENDER = "gender"
    AGE = "age"
    PLATFORM = "platform"
    SIZES = "sizes"


class Band(StrEnum):
    """Bands of age, in years completed in the gathering's year: up to 23, 24 to 29, 30 and over."""

    YOUNG = "young"
    MIDDLE = "middle"
    OLDER = "older"


def band_of(birth_year: int | None, year: int) -> str:
    """The band of someone born in `birth_year`, in the gathering's year; '' where it is unknown."""
    if birth_year is None:
        return ""
    age = year - birth_year
    return Band.YOUNG if age <= 23 else Band.MIDDLE if age <= 29 else Band.OLDER


@dataclass(frozen=True, slots=True)
class Placeable:
    """Someone to be placed. Unknown values are '', and count as a value of their own."""

    id: str
    country: str = ""
    gender: str = ""
    band: str = ""
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes of groups, in people: the smallest and largest allowed, and the one aimed at."""

    smallest: int = 5
    largest: int = 7
    target: int = 6


@dataclass(frozen=True, slots=True)
class Together:
    """Two people in one group."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Apart:
    """Two people in two groups."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Pin:
    """Someone in the group of a number."""

    person: str
    number: int


@dataclass(frozen=True, slots=True)
class Lock:
    """A group that stays exactly as it is: those of `members` who still come, and nobody else."""

    number: int
    members: tuple[str, ...]


Constraint = Together | Apart | Pin | Lock


@dataclass(frozen=True, slots=True)
class GroupProblem:
    """One theme's people and the rules for them.

    `count` is the number of groups wanted, None for the feasible one nearest n / target. `previous` holds the group
    number each person had (None: not a repair; who has none is new): moves are counted and come first, and group
    numbers stay; without a `count` a repair keeps the number of groups where it is feasible. `history` holds past
    rounds, each the group of everyone who was there, by any label; people who are not in `people` are ignored in it.
    `taken` are numbers that no group may be given; in a repair one that somebody of `people` had stays.
    Same problem, same answer: `seed` picks among equals.
    """

    theme: str
    people: tuple[Placeable, ...]
    limits: Limits = Limits()
    count: int | None = None
    constraints: tuple[Constraint, ...] = ()
    previous: Mapping[str, int] | None = None
    history: tuple[Mapping[str, str], ...] = ()
    seed: int = 0
    time_limit: float = 30.0
    taken: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Measure:
    """A level reached. `bound` is the closed form; `proven` the best limit shown, by it or by a solver.

    For the worst group both are upper limits, for every other level lower ones. A solver's limit holds given the
    levels before.
    """

    level: Level
    value: int
    bound: int
    proven: int

    @property
    def optimal(self) -> bool:
        """Whether nothing better exists."""
        return self.value == self.proven


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """Groups and how good they are; `measures` holds the levels that apply, in order."""

    theme: str
    groups: Numbers
    measures: tuple[Measure, ...]

    @property
    def optimal(self) -> bool:
        """Whether every level is proven best."""
        return all(measure.optimal for measure in self.measures)

    @property
    def number_of(self) -> Mapping[str, int]:
        """The group number of everyone, by id."""
        return MappingProxyType({member: number for number, members in self.groups.items() for member in members})


@dataclass(eq=False)
class CannotSplit(Exception):
    """These people cannot be split into groups of allowed sizes (or not into so many: `count`)."""

    theme: str
    people: int
    limits: Limits
    count: int | None = None


@dataclass(eq=False)
class Contradiction(Exception):
    """No groups obey all constraints: `conflict` is a smallest set of them that cannot hold together."""

    theme: str
    conflict: tuple[Constraint, ...]


@dataclass(eq=False)
class TooLong(Exception):
    """No groups that obey every constraint were found within the time limit, in seconds; nor that there are none."""

    theme: str
    time_limit: float
