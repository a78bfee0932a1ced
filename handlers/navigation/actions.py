"""Buttons to shared screens for all capabilities: home, team, organisers, people and reminders."""

from __future__ import annotations

from bot.content.actions import Action
from bot.content.texts import _
from bot.content.views import Button
from bot.conversation.routes import Go

# L10N: a button: the screen with which everything begins: what is on or next, and what one can do
HOME = Button(_("Home"), Go("moi"), stays="with room")
"""The button to the reader's home screen."""
ASK = Button(_("Ask the team"), Go("equipe"))
"""The button to the form for a question to the team."""
BACK = Button(_("Organise"), Go("organiser"), stays="with room")
"""The button to the organisers' home screen."""


class Find(Action, code="os"):
    """The organisers' button that opens the form for finding a person by name."""


FIND = Button(_("Find someone"), Find())


class NotJoined(Action, code="oj"):
    """The organisers' button that lists the people who were selected and have not joined.

    `page` counts the pages of the list from 0.
    """

    page: int


class AskToRenew(Action, code="oin"):
    """The organisers' button that asks for confirmation before the person with this id gets a new invitation."""

    person: int


class Renew(Action, code="oiy"):
    """The organisers' button that makes a new invitation for a person; `person` is the person's id.

    `keep` holds the ids of the accounts that stay linked to the person, in base 36, each after a «_». All other
    accounts are unlinked.
    """

    person: int
    keep: str


class RemindLater(Action, code="rl"):
    """The button that offers times for another reminder of a session.

    `session` is the session's id, 0 for the deadline for choosing themes.
    """

    session: int


class Mute(Action, code="rm"):
    """The button that offers to turn off the reminders of one session, or of all sessions of its kind.

    `session` is the session's id, 0 for the deadline for choosing themes.
    """

    session: int
