"""The buttons about rides that messages show."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go


class AnswerPassenger(Action, code="cvy"):
    """The driver's button that gives a seat to a participant who asked for one or, if not `accepted`, refuses it."""

    ride: int
    person: int
    accepted: bool


RIDES = Button(_("Rides"), Go("covoiturage"))
