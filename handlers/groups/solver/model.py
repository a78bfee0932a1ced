"""The input and output of the solver: the people of one theme, the rules for them, and the groups they make.

The quality of groups is measured in levels, which are compared in their order: no gain in a later level makes up for a
loss in an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

Numbers = Mapping[int, tuple[str, ...]]
"""The ids of each group's members, by group number.

Numbers count from 1; where a group was dissolved, its number is missing.
"""


class Level(StrEnum):
    """A count that the solver minimises. An earlier level always matters more than a later one.

    Only WORST_GROUP is maximised. A group's share of a gender, an age band or a platform is the number of such people
    that is in proportion to the group's size, rounded down or up.
    """

    MOVES = "moves"  # people who leave their former group, in a repair
    MET_AGAIN = "met_again"  # pairs of people in one group who were together in a past round, counted for each round
    REPEATS = "repeats"  # members whose nationality another member of their group brings already
    COMPATRIOTS = "compatriots"  # pairs of people of one nationality in one group
    WORST_GROUP = "worst_group"  # nationalities in the group that has fewest
    GENDER = "gender"  # people by whom groups' genders miss their shares
    AGE = "age"  # people by whom groups' age bands miss their shares
    PLATFORM = "platform"  # people by whom groups' platforms miss their shares
    SIZES = "sizes"  # people by whom groups differ from the even size


class Band(StrEnum):
    """A band of age: up to 23, 24 to 29, or 30 and over. An age is the gathering's year less the year of birth."""

    YOUNG = "young"
    MIDDLE = "middle"
    OLDER = "older"


def band_of(birth_year: int | None, year: int) -> str:
    """Return the age band, in the gathering's `year`, of a person born in `birth_year`; '' if that is None."""
    if birth_year is None:
        return ""
    age = year - birth_year
    return Band.YOUNG if age <= 23 else Band.MIDDLE if age <= 29 else Band.OLDER


@dataclass(frozen=True, slots=True)
class Placeable:
    """A person to be placed in a group. An unknown value is '', and counts as a value of its own."""

    id: str
    country: str = ""
    gender: str = ""
    band: str = ""
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """The smallest and the largest size that a group may have, and the preferred size (`target`), in people."""

    smallest: int = 5
    largest: int = 7
    target: int = 6


@dataclass(frozen=True, slots=True)
class Together:
    """The rule that two people are in the same group."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Apart:
    """The rule that two people are in different groups."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Pin:
    """The rule that a person is in the group with this number."""

    person: str
    number: int


@dataclass(frozen=True, slots=True)
class Lock:
    """The rule that a group stays as it is: it holds the `members` who still come, and nobody else."""

    number: int
    members: tuple[str, ...]


Constraint = Together | Apart | Pin | Lock


@dataclass(frozen=True, slots=True)
class GroupProblem:
    """The people of one theme and the rules for their groups.

    - `count` is the number of groups wanted. None stands for the possible number nearest to people / target or, in a
      repair, to the former number of groups.
    - `previous` makes the problem a repair: it gives the former group number of each person. A person who is not in it
      is new. Groups keep their numbers, and few moves matter more than all else. None means that this is no repair.
    - `history` holds past rounds (days): for each, the label of every person's group. People who are not in `people`
      are ignored in it.
    - `taken` holds numbers that no new group may get. In a repair, a group of people in `previous` keeps its number.
    - `time_limit` is in seconds.
    - `seed` picks among equally good groups: the same problem always gets the same answer.
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
    """How good groups are in one level (a count that the solver minimises).

    `value` is the count that the groups reach. `bound` is the best value according to a formula. `proven` is the best
    value according to the formula or to a search in which more important levels keep their values. Groups cannot be
    better than these two: they are upper limits for WORST_GROUP, and lower limits for all other levels.
    """

    level: Level
    value: int
    bound: int
    proven: int

    @property
    def optimal(self) -> bool:
        """Whether it is proven that no groups have a better value while the more important counts keep theirs."""
        return self.value == self.proven


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """The groups of a theme, and how good they are.

    `measures` holds the levels (counts that the solver minimises) that apply, in their order.
    """

    theme: str
    groups: Numbers
    measures: tuple[Measure, ...]

    @property
    def optimal(self) -> bool:
        """Whether every level (a count that the solver minimises) is proven to be the best possible."""
        return all(measure.optimal for measure in self.measures)

    @property
    def number_of(self) -> Mapping[str, int]:
        """The group number of each person, by id."""
        return MappingProxyType({member: number for number, members in self.groups.items() for member in members})


@dataclass(eq=False)
class CannotSplit(Exception):
    """Raised when people cannot be split into groups of allowed sizes; with `count`, into that number of groups.

    `people` is the number of people.
    """

    theme: str
    people: int
    limits: Limits
    count: int | None = None


@dataclass(eq=False)
class Contradiction(Exception):
    """Raised when no groups obey all constraints.

    `conflict` is a set of constraints that exclude each other, as small as possible.
    """

    theme: str
    conflict: tuple[Constraint, ...]


@dataclass(eq=False)
class TooLong(Exception):
    """Raised when the time limit, in seconds, ends before groups are found or proven not to exist."""

    theme: str
    time_limit: float
