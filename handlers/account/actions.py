"""What the buttons of accounts ask for that screens of other capabilities show too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.content.actions import Action


@dataclass(frozen=True, slots=True)
class Claim(Action):
    """Say that one is the person the code belongs to."""

    code: ClassVar[str] = "kc"
    typed: str


@dataclass(frozen=True, slots=True)
class PushPrivately(Action):
    """Agree to private messages where a platform asks for it, or no longer."""

    code: ClassVar[str] = "sp"
    wanted: bool
