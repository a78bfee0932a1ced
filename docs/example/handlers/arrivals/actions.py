"""The buttons about one's own arrival: its screens and its reminder show them."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go


class TellArrival(Action, code="va"):
    """Open the form in which someone says when and where they arrive."""


class TakeBackArrival(Action, code="vax"):
    """Delete what someone said of their arrival."""


MY_ARRIVAL = Button(_("My arrival"), Go("arrivee"))
TELL = Button(_("Say when I arrive"), TellArrival())
CHANGE = Button(_("Change my arrival"), TellArrival())
TAKE_BACK = Button(_("Take my arrival back"), TakeBackArrival())
