"""Buttons of invitations that several screens show."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button


class PrintCards(Action, code="oic"):
    """The organisers' button that has cards made, to print, with a new invitation for everybody who has not joined."""


CARDS = Button(_("Cards to print"), PrintCards())
