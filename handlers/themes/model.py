"""The values of themes, and the rule for how long they can be chosen.

Each person who has a theme takes a seat in it. People who want a theme without a free seat can join its waiting list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

THEMES = "themes"
"""The kind and the subject (key) of reminders of the deadline for choosing a theme."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme that participants can choose.

    `title` and `description` are texts by locale. `capacity` is the number of seats, None for no limit; `taken` is the
    number of taken seats.
    """

    key: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    capacity: int | None
    taken: int

    @property
    def seats_left(self) -> int | None:
        """How many seats are free; None for no limit. If more seats are taken than the theme has, the result is 0."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def full(self) -> bool:
        """Whether no seat is left."""
        return self.seats_left == 0


@dataclass(frozen=True, slots=True)
class ThemeChoice:
    """What a person has chosen: the keys of their theme, of their second choice, and of the theme they wait for.

    Each key is None if there is no such theme.
    """

    theme: str | None = None
    second: str | None = None
    awaited: str | None = None


def choosing_is_open(deadline: datetime | None, now: datetime) -> bool:
    """Return whether participants can still choose a theme: before the deadline, or always if the deadline is None."""
    return deadline is None or now < deadline
