"""The ways to a theme's groups, to one group and to the attendance, which every module about groups offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.actions import Action


@dataclass(frozen=True, slots=True)
class ShowTheme(Action):
    """Show the groups of a theme in a round, a page of them (from 0)."""

    code: ClassVar[str] = "gg"
    round: int
    theme: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class OpenGroup(Action):
    """Show everything about a group, and what can be done with it."""

    code: ClassVar[str] = "gh"
    group: int


@dataclass(frozen=True, slots=True)
class OpenMember(Action):
    """Show someone as a round's groups see them, and what can be done."""

    code: ClassVar[str] = "gj"
    round: int
    person: int


@dataclass(frozen=True, slots=True)
class ShowAttendance(Action):
    """Show who is there today."""

    code: ClassVar[str] = "gi"
