"""Buttons about a person's accounts that screens of other capabilities show too."""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action


class Claim(Action):
    """The button that confirms being the person whose other account showed a link code; `typed` is that code."""

    code: ClassVar[str] = "kc"
    typed: str


class PushPrivately(Action):
    """The button that agrees to private messages on platforms that require agreement, or withdraws the agreement.

    `wanted` is true to agree.
    """

    code: ClassVar[str] = "sp"
    wanted: bool
