"""The ways to screens about people that any capability may lead organisers to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action


@dataclass(frozen=True, slots=True)
class Find(Action):
    """Open the form that asks for a name."""

    code: ClassVar[str] = "os"


@dataclass(frozen=True, slots=True)
class NotJoined(Action):
    """Show who was selected and has not come in."""

    code: ClassVar[str] = "oj"
    page: int


@dataclass(frozen=True, slots=True)
class AskToRenew(Action):
    """Ask before someone's invitation is made anew."""

    code: ClassVar[str] = "oin"
    person: int


@dataclass(frozen=True, slots=True)
class Renew(Action):
    """Make someone's invitation anew. `keep` holds the ids of the accounts that stay theirs, «_» between them."""

    code: ClassVar[str] = "oiy"
    person: int
    keep: str
