"""Buttons about a person's accounts that screens of other capabilities show too."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go


class Claim(Action, code="kc"):
    """The button that confirms being the person whose other account showed a link code; `typed` is that code."""

    typed: str


class PushPrivately(Action, code="sp"):
    """The button that agrees to private messages on platforms that require agreement, or withdraws the agreement.

    `wanted` is true to agree, false to withdraw.
    """

    wanted: bool


class NewWayIn(Action, code="mn"):
    """The button that creates a new personal code and links, by which the person can return without an account."""


SETTINGS = Button(_("Settings"), Go("reglages"))

NEW_WAY_IN = Button(_("Get a new code"), NewWayIn())
"""The button that requests a new code and links, which replace the earlier ones."""
