"""Groups: who works with whom, in which round, where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.content.names import display_name

PairKind = Literal["together", "apart"]
MEETING = "meeting"
"""What people are reminded of begins with it, where that is a first meeting (`meeting_subject`)."""


@dataclass(frozen=True, slots=True)
class Round:
    """Groups of one day (a local date). `meets_at` is their first meeting, UTC, None while unknown."""

    number: int
    day: date
    meets_at: datetime | None
    published: bool


def due(rounds: Sequence[Round], day: date) -> Round | None:
    """The first of some rounds whose day is not over on a day, else the last; None for no rounds."""
    return next((round_ for round_ in rounds if round_.day >= day), rounds[-1] if rounds else None)


def meeting_subject(round_number: int) -> str:
    """What the reminders of the first meeting of a round's groups are about."""
    return f"{MEETING}:{round_number}"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a theme. `number` counts from 1 within theme and round; `name` and `room` may be ''."""

    id: int
    round: int
    theme: str
    number: int
    name: str = ""
    room: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who has a theme, as groups see them. `platform` is that of the account they prefer, '' for none.

    `group_id` is None for who is in no group of the round asked for.
    """

    id: int
    ref: str
    given_name: str
    family_name: str
    theme: str
    second_theme: str | None
    territory: str
    gender: str
    birth_year: int | None
    joined: bool
    platform: str
    group_id: int | None = None
    pinned: bool = False

    @property
    def name(self) -> str:
        """First name and initial: «Zoé D.»."""
        return display_name(self.given_name, self.family_name)

    @property
    def full_name(self) -> str:
        """First and family name, for the team."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True)
class Someone:
    """Someone to be placed, as the payload has them."""

    id: int
    theme: str
    second_theme: str | None
    territory: str
    gender: str
    birth_year: int | None
    platform: str
    name: str
