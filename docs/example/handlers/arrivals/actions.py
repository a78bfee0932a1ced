"""The buttons about one's own arrival: its screens and its reminder show them."""

from __future__ import annotations

from typing import ClassVar

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go


class TellArrival(Action):
    """Open the form in which someone says when and where they arrive."""

    code: ClassVar[str] = "va"


class TakeBackArrival(Action):
    """Delete what someone said of their arrival."""

    code: ClassVar[str] = "vax"


MY_ARRIVAL = Button(_("My arrival"), Go("arrivee"))
TELL = Button(_("Say when I arrive"), TellArrival())
CHANGE = Button(_("Change my arrival"), TellArrival())
TAKE_BACK = Button(_("Take my arrival back"), TakeBackArrival())
