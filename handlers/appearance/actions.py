"""The organisers' button to the gathering's colour and logos, which other capabilities' screens show."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button


class ShowAppearance(Action, code="apa"):
    """The organisers' button that shows the gathering's colour and logos, to change them."""


APPEARANCE = Button(_("Colour and logos"), ShowAppearance())
