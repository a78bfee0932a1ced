"""The ways to who runs the workshops, which other screens of the organisers offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action


@dataclass(frozen=True, slots=True)
class ShowFacilitators(Action):
    """See who runs the workshops; pages count from 0."""

    code: ClassVar[str] = "ow"
    page: int


@dataclass(frozen=True, slots=True)
class ShowFacilitator(Action):
    """See for whom someone runs the workshops, and change it."""

    code: ClassVar[str] = "owp"
    person: int
