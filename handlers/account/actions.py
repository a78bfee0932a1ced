"""Buttons about a person's accounts that screens of other capabilities show too."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go


class Claim(Action, code="kc"):
    """The button by which somebody confirms that they are the person whose other account showed a link code.

    `typed` is the code.
    """

    typed: str


class PushPrivately(Action, code="sp"):
    """The button by which a person gives or withdraws consent to private messages on platforms that require it.

    `wanted` is True to give it, False to withdraw it.
    """

    wanted: bool


class NewWayIn(Action, code="mn"):
    """The button that creates a new personal code and new links, by which the person can return without an account."""


SETTINGS = Button(_("Settings"), Go("reglages"))

NEW_WAY_IN = Button(_("Get a new code"), NewWayIn())
"""The button that requests a new code and links, which replace the earlier ones."""
