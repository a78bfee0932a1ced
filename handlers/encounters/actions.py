"""The buttons of encounters that more than one module shows."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go


class AnswerAbout(Action, code="eca"):
    """The button with which a person says whether they want to keep in touch with somebody whom they met."""

    encounter: int
    about: int
    yes: bool


class ShowSeat(Action, code="ecm"):
    """The button that shows a person where they sit, and with whom; `encounter` is the id of the session."""

    encounter: int


# L10N: a button: the sessions in which people sit in pairs, with somebody else every few minutes
ENCOUNTERS = Button(_("Encounters"), Go("cafes"))
