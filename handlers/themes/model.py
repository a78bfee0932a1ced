"""Themes and the rule of choosing one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

THEMES = "themes"
"""What reminders call the deadline for choosing a theme: their subject, the kind of it, and what is turned off."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: its words per locale, its capacity in people (None: no limit) and how many places are taken."""

    key: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    capacity: int | None
    taken: int

    @property
    def places_left(self) -> int | None:
        """How many more may choose it; None for no limit. Never negative, also when the capacity was lowered."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def full(self) -> bool:
        """Whether no place is left."""
        return self.places_left == 0


@dataclass(frozen=True, slots=True)
class ThemeChoice:
    """What someone chose: a theme, a second one, and one they wait for while keeping the first."""

    theme: str | None = None
    second: str | None = None
    awaited: str | None = None


def choosing_is_open(deadline: datetime | None, now: datetime) -> bool:
    """Whether themes can still be changed by participants: until the deadline, for ever without one."""
    return deadline is None or now < deadline
