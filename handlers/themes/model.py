"""The values of themes, and the rule until when they can be chosen.

Each person who has a theme takes a seat in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

THEMES = "themes"
"""The kind of reminders of the deadline for choosing a theme, and the subject of their messages."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme, with its texts by locale, its number of seats (None: no limit) and how many of them are taken."""

    key: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    capacity: int | None
    taken: int

    @property
    def seats_left(self) -> int | None:
        """How many seats are left; None for no limit. Never negative, even if the capacity was lowered."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def full(self) -> bool:
        """Whether no seat is left."""
        return self.seats_left == 0


@dataclass(frozen=True, slots=True)
class ThemeChoice:
    """The keys of the themes that a person has, named as their second choice, and waits for; None for none."""

    theme: str | None = None
    second: str | None = None
    awaited: str | None = None


def choosing_is_open(deadline: datetime | None, now: datetime) -> bool:
    """Return whether participants can still choose: before the deadline, or always without one (None)."""
    return deadline is None or now < deadline
