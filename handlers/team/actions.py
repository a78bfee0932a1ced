"""Buttons about questions to the team that more than one screen shows."""

from __future__ import annotations

from datetime import timedelta

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from handlers.workshops.actions import KeepAsIdea

ANSWER_WITHIN = timedelta(days=1)
"""How long the team may take to answer a question, and how long a question for which an answer was offered is kept."""


class SendWords(Action, code="qs"):
    """The button that sends the person's stored words, typed without being asked, to the team as a question."""


# L10N: a button: what one wrote is an idea for the workshop
IDEA = Button(_("It is an idea"), KeepAsIdea())
"""The button that stores the person's stray text as an idea, for people who have been in a workshop."""
