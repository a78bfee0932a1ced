"""What the buttons about rides carry that messages show."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go


class AnswerPassenger(Action, code="cvy"):
    """The driver's button that gives a seat in a ride to a participant who asked for it, or gives them none."""

    ride: int
    person: int
    accepted: bool


RIDES = Button(_("Rides"), Go("covoiturage"))
