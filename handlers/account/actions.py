"""Buttons of accounts that screens of other capabilities show too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action


@dataclass(frozen=True, slots=True)
class Claim(Action):
    """The button with which someone says that they are the person the code belongs to."""

    code: ClassVar[str] = "kc"
    typed: str


@dataclass(frozen=True, slots=True)
class PushPrivately(Action):
    """The button that agrees to private messages where a platform asks for that, or withdraws it."""

    code: ClassVar[str] = "sp"
    wanted: bool
